// The journal: one line of JSON for each announcement and each start and end of the orchestrator. A reader's
// convenience, not a record: the record is the task branch. Kept small by starting a new file when full.

import { appendFile, mkdir, rename, stat } from 'node:fs/promises'
import type { Layout } from '../../core/layout.js'

/** Size at which the journal is moved to `journal.1.jsonl`, whose older namesake goes. */
export const journalBytes = 8 * 1024 * 1024

export interface JournalLine {
  readonly level: 'info' | 'warning'
  readonly text: string
}

export class Journal {
  readonly #folder: string
  #tail: Promise<void> = Promise.resolve()

  constructor(layout: Layout) {
    this.#folder = layout.journal
  }

  /** Lines are written in order; a line that cannot be written is told to `onFault` and dropped. */
  write(line: JournalLine, onFault: (error: unknown) => void): void {
    const text = `${JSON.stringify({ at: new Date().toISOString(), ...line })}\n`
    this.#tail = this.#tail.then(() => this.#append(text)).catch(onFault)
  }

  async flush(): Promise<void> {
    await this.#tail
  }

  async #append(text: string): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    const path = `${this.#folder}/journal.jsonl`
    const size = await stat(path).then(
      found => found.size,
      () => 0, // No journal yet: the first line makes it.
    )
    if (size > journalBytes) await rename(path, `${this.#folder}/journal.1.jsonl`)
    await appendFile(path, text, { mode: 0o600 })
  }
}
