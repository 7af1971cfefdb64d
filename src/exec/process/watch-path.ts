// Waits until something happens to one path, or a time has passed. The file watch only makes it quick: kernels
// run out of watches, so whoever waits must look again after every return.

import { type FSWatcher, watch } from 'node:fs'

/** No watch to be had: the path is not there, or the kernel has none left. Waiting by time alone is right then. */
const noWatch = new Set(['ENOENT', 'ENOSPC', 'EMFILE', 'ENFILE', 'EACCES', 'EPERM'])

export class PathWatch {
  readonly #watcher: FSWatcher | null
  #changed = false
  #wake: (() => void) | null = null

  /** Changes from now on are noticed, also those before `next` is called. */
  constructor(path: string) {
    this.#watcher = watchIfPossible(path)
    this.#watcher?.on('change', () => this.#notice())
    this.#watcher?.on('error', () => this.#notice())
  }

  /** Returns on the first change since the watch began, or after `waitMs`. Rejects with the signal's reason. */
  async next(waitMs: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.#changed) {
      this.#changed = false
      return
    }
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>(resolve => {
      this.#wake = resolve
      timer = setTimeout(resolve, waitMs)
      signal.addEventListener('abort', this.#notice, { once: true })
    })
    clearTimeout(timer)
    signal.removeEventListener('abort', this.#notice)
    this.#wake = null
    this.#changed = false
    signal.throwIfAborted()
  }

  [Symbol.dispose](): void {
    this.#watcher?.close()
  }

  readonly #notice = (): void => {
    this.#changed = true
    this.#wake?.()
  }
}

function watchIfPossible(path: string): FSWatcher | null {
  try {
    return watch(path, { persistent: true })
  } catch (error) {
    if (noWatch.has((error as NodeJS.ErrnoException).code ?? '')) return null
    throw error
  }
}
