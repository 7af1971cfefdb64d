// Checks a run record. Only the engine writes these, so nothing is filled in.

import type { Run } from '../../core/model/run.js'
import { explainErrors } from './explain-errors.js'
import type { Flaw } from './flaw.js'
import { readJson } from './read-json.js'
import { meetsSchema } from './validators.js'

export const maxRunFileBytes = 4 * 1024 * 1024

export type RunCheck =
  | { readonly ok: true; readonly run: Run }
  | { readonly ok: false; readonly flaws: readonly Flaw[] }

/** `file` is the name shown in flaws. */
export function checkRun(bytes: Buffer, file: string): RunCheck {
  const reading = readJson(bytes, file, maxRunFileBytes)
  if (!reading.ok) return { ok: false, flaws: [reading.flaw] }
  if (meetsSchema('run', reading.value)) return { ok: true, run: reading.value as Run }
  return { ok: false, flaws: explainErrors('run', reading.value, file, reading.text) }
}
