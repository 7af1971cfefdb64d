// The writing end of a reaper's FIFO. Whoever holds it owns the agent: when nobody does, the reaper ends the
// tree after its adopt time. Orders are single bytes or one short line, so a write is never cut.

import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { attemptFiles } from './attempt-state.js'

export class AttemptControl {
  #pipe: FileHandle | null

  private constructor(pipe: FileHandle | null) {
    this.#pipe = pipe
  }

  /** Opens the FIFO of an attempt; null when no reaper reads it any more. */
  static async open(folder: string): Promise<AttemptControl | null> {
    try {
      const flags = constants.O_WRONLY | constants.O_NONBLOCK
      return new AttemptControl(await open(`${folder}/${attemptFiles.control}`, flags))
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      // ENXIO: the FIFO has no reader. ENOENT: there never was one.
      if (code === 'ENXIO' || code === 'ENOENT') return null
      throw error
    }
  }

  /** For an attempt that ended before its FIFO could be opened: every order answers false. */
  static ended(): AttemptControl {
    return new AttemptControl(null)
  }

  /** Asks the whole tree to end (TERM, and CONT for what is stopped). False: the reaper is gone. */
  soft(): Promise<boolean> {
    return this.#send('T')
  }

  /** Ends the whole tree by force. False: the reaper is gone. */
  kill(): Promise<boolean> {
    return this.#send('K')
  }

  /** Asks the reaper to record a new owner. It counts only once `state.json` shows the epoch. */
  adopt(epoch: number): Promise<boolean> {
    return this.#send(`A${epoch}\n`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const pipe = this.#pipe
    this.#pipe = null
    await pipe?.close()
  }

  async #send(order: string): Promise<boolean> {
    if (this.#pipe === null) return false
    try {
      await this.#pipe.write(order)
      return true
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      // EPIPE: the reaper ended between our open and this order. EAGAIN: it is stopped and the pipe is full.
      if (code === 'EPIPE' || code === 'EAGAIN') return false
      throw error
    }
  }
}
