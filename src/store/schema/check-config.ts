// Checks a configuration: unknown keys are refused with the name that was probably meant.

import type { ConfigFile } from '../../core/schema/config.js'
import { explainErrors } from './explain-errors.js'
import type { Flaw } from './flaw.js'
import { meetsSchema } from './validators.js'

export type ConfigCheck =
  | { readonly ok: true; readonly config: ConfigFile }
  | { readonly ok: false; readonly flaws: readonly Flaw[] }

/** `text` is the JSON that `value` was parsed from, or null for a configuration that was computed. */
export function checkConfig(value: unknown, file: string, text: string | null): ConfigCheck {
  if (meetsSchema('config', value)) return { ok: true, config: value as ConfigFile }
  return { ok: false, flaws: explainErrors('config', value, file, text) }
}
