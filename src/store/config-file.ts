// Finds and reads the one configuration file of a repository. Every field is optional, unknown keys are refused.

import { readFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { JetpackError } from '../core/fault.js'
import type { ConfigFile } from '../core/schema/config.js'
import { checkConfig } from './schema/check-config.js'
import { describeFlaw, type Flaw } from './schema/flaw.js'
import { readJson } from './schema/read-json.js'
import { statIfThere } from './write-durably.js'

export interface LoadedConfig {
  readonly path: string
  readonly config: ConfigFile
}

export const maxConfigFileBytes = 1024 * 1024

const names = ['jetpack.config.json', 'jetpack.config.js', 'jetpack.config.mjs'] as const
const notYetRead = 'jetpack.config.ts'
const maxFlawsTold = 5

/** The configuration in `folder`, or null when it has none: the defaults serve. Faults: `config_invalid`. */
export async function loadConfigFile(folder: string): Promise<LoadedConfig | null> {
  const found: string[] = []
  for (const name of [...names, notYetRead])
    if ((await statIfThere(`${folder}/${name}`)) !== null) found.push(name)
  const [name, ...others] = found
  if (name === undefined) return null
  if (others.length > 0)
    throw invalid(`${found.join(' and ')} are both present in ${folder}`, 'Keep one of them.')
  if (name === notYetRead)
    throw invalid(`${name} was found, which cannot be read`, 'Write it as jetpack.config.mjs or .json.')
  const path = `${folder}/${name}`
  const { value, text } = name.endsWith('.json')
    ? await readJsonConfig(path, name)
    : await importConfig(path, name)
  const check = checkConfig(value, name, text)
  if (!check.ok) throw flawsFault(check.flaws)
  return { path, config: check.config }
}

async function readJsonConfig(path: string, name: string): Promise<{ value: unknown; text: string }> {
  const bytes = await readFile(path)
  const reading = readJson(bytes, name, maxConfigFileBytes)
  if (!reading.ok) throw flawsFault([reading.flaw])
  return reading
}

async function importConfig(path: string, name: string): Promise<{ value: unknown; text: null }> {
  let module: Record<string, unknown>
  try {
    module = (await import(pathToFileURL(path).href)) as Record<string, unknown>
  } catch (error) {
    // Whatever a person's module throws, it means that there is no configuration.
    const why = error instanceof Error ? error.message : String(error)
    throw invalid(`loading ${name} failed: ${why}`, 'Repair it, or write jetpack.config.json.', error)
  }
  const value = module['default'] ?? module['config']
  if (value === undefined)
    throw invalid(`${name} exports neither a default nor "config"`, 'End it with: export default { … }')
  return { value, text: null }
}

function flawsFault(flaws: readonly Flaw[]): JetpackError {
  const told = flaws.slice(0, maxFlawsTold).map(describeFlaw)
  const rest = flaws.length - told.length
  return invalid(
    `${told.join('; ')}${rest > 0 ? `; and ${rest} more` : ''}`,
    'Correct the configuration file.',
  )
}

function invalid(what: string, hint: string, cause?: unknown): JetpackError {
  return new JetpackError('config_invalid', `The configuration is not valid: ${what}.`, hint, cause)
}
