// Keeps the output files of a running attempt under their limit: head and tail stay, the middle goes. An agent
// that floods must not fill the disk.

import { attemptFiles } from '../../exec/process/attempt-state.js'
import { keepCapped } from '../../exec/process/cap-log.js'

/** Most bytes of one output file. */
export const maxOutputBytes = 64 * 1024 * 1024
const lookEveryMs = 1_000

/** Watches until disposed of; a fault is told once and the watch on that file ends. */
export function capOutput(folder: string, onFault: (error: unknown) => void): AsyncDisposable {
  const ended = new AbortController()
  const watches = [attemptFiles.output, attemptFiles.errors].map(name =>
    keepCapped(`${folder}/${name}`, maxOutputBytes, { everyMs: lookEveryMs, signal: ended.signal }).catch(
      onFault,
    ),
  )
  return {
    async [Symbol.asyncDispose]() {
      ended.abort()
      await Promise.all(watches)
    },
  }
}
