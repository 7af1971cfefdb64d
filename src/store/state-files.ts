// Small JSON files in our folder inside the git directory: the frozen configuration, who the orchestrator is,
// which checkout is home. Only our user may read them, for some hold secrets.

import { readFile } from 'node:fs/promises'
import { JetpackError } from '../core/fault.js'
import { describeFlaw } from './schema/flaw.js'
import { readJson } from './schema/read-json.js'
import { statIfThere, writeDurably } from './write-durably.js'

export const maxStateFileBytes = 1024 * 1024

/** What `parse` makes of the file, or null when there is none. Faults: `config_invalid` when it is no JSON; those of `parse`. */
export async function readStateFile<Value>(
  path: string,
  parse: (value: unknown) => Value,
): Promise<Value | null> {
  const stats = await statIfThere(path)
  if (stats === null) return null
  // One byte more than allowed is enough to be refused; the rest is never read.
  const bytes = stats.size > maxStateFileBytes ? Buffer.alloc(maxStateFileBytes + 1) : await readFile(path)
  const reading = readJson(bytes, path, maxStateFileBytes)
  if (reading.ok) return parse(reading.value)
  throw new JetpackError(
    'config_invalid',
    `Reading our own state failed: ${describeFlaw(reading.flaw)}.`,
    'Move the file away; jetpack writes a new one.',
  )
}

/** Whole or not at all, mode 0600. Faults: `write_failed`. */
export async function writeStateFile(path: string, value: unknown): Promise<void> {
  await writeDurably(path, Buffer.from(`${JSON.stringify(value, null, 2)}\n`), 0o600)
}
