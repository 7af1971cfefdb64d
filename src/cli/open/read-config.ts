// The configuration of a repository, read from its file, with every default.

import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { JetpackError } from '../../core/fault.js'
import type { Layout } from '../../core/layout.js'
import { type Config, resolveConfig } from '../../core/model/config.js'
import type { ConfigFile } from '../../core/schema/config.js'
import { loadConfigFile } from '../../store/config-file.js'

export interface ReadConfig {
  /** As the person wrote it; `{}` without a file. */
  readonly file: ConfigFile
  /** With every default. */
  readonly config: Config
}

/** Faults: `not_initialised`. After `git clean` the token still tells that this repository is ours. */
export function requireInitialised(layout: Layout): void {
  if (existsSync(layout.tasks) || existsSync(layout.token)) return
  throw new JetpackError(
    'not_initialised',
    `There are no tasks here: "${layout.home}" has not been prepared for jetpack.`,
    'Run `jetpack init` first.',
  )
}

/** Faults: `config_invalid`. */
export async function readConfig(home: string): Promise<ReadConfig> {
  const file = (await loadConfigFile(home))?.config ?? {}
  return { file, config: await resolveWithScripts(file, home) }
}

/** Fills in the defaults; a required check without a command is the package script of that name. Faults: `config_invalid`. */
export async function resolveWithScripts(file: ConfigFile, home: string): Promise<Config> {
  const scripts = await packageScripts(home)
  return resolveConfig(file, name => {
    if (scripts.has(name)) return `npm run ${shellWord(name)}`
    throw new JetpackError(
      'config_invalid',
      `The configuration is not valid: the required check "${name}" has no command, and package.json has no script of that name.`,
      `Give it one: "qualityGates": { "checks": { "${name}": "…" } }.`,
    )
  })
}

async function packageScripts(home: string): Promise<ReadonlySet<string>> {
  try {
    const value: unknown = JSON.parse(await readFile(`${home}/package.json`, 'utf8'))
    if (typeof value !== 'object' || value === null || !('scripts' in value)) return new Set()
    return new Set(Object.keys(value.scripts ?? {}))
  } catch (error) {
    // A project without a package.json, or with a broken one, has no scripts that could be meant.
    if (error instanceof SyntaxError || (error instanceof Error && 'code' in error)) return new Set()
    throw error
  }
}

function shellWord(name: string): string {
  return /^[\w:.@/-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`
}
