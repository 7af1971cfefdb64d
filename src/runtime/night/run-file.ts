// `run.json` in the git folder: the whole frozen configuration of the run, secrets included, mode 0600. The run
// record on the task branch holds the same with the values of environment variables left out.

import { JetpackError } from '../../core/fault.js'
import type { Layout } from '../../core/layout.js'
import type { Config } from '../../core/model/config.js'
import type { ConfigFile } from '../../core/schema/config.js'
import { readStateFile, writeStateFile } from '../../store/state-files.js'

export interface FrozenRun {
  readonly id: string
  readonly startedAt: string
  readonly startedBy: string
  readonly config: Config
  readonly file: ConfigFile
}

export async function readFrozenRun(layout: Layout): Promise<FrozenRun | null> {
  return readStateFile(layout.run, value => {
    if (
      typeof value !== 'object' ||
      value === null ||
      !('id' in value) ||
      !('config' in value) ||
      !('file' in value)
    ) {
      throw new JetpackError(
        'config_invalid',
        `Cannot read the frozen configuration ${layout.run}: it is not one.`,
        'Move it away; the next `jetpack run` writes a new one.',
      )
    }
    return value as FrozenRun
  })
}

export async function writeFrozenRun(layout: Layout, run: FrozenRun): Promise<void> {
  await writeStateFile(layout.run, run)
}

/** The configuration as the branch may hold it: names of secret values only. */
export function withoutSecrets(file: ConfigFile): Record<string, unknown> {
  const agents = file.agents?.map(agent => ({
    ...agent,
    ...(agent.env === undefined ? {} : { env: Object.keys(agent.env) }),
  }))
  return { ...file, ...(agents === undefined ? {} : { agents }) }
}
