// The run records: one file a night, few enough to be read one after the other.

import { readdir, readFile } from 'node:fs/promises'
import { JetpackError } from '../core/fault.js'
import type { Layout } from '../core/layout.js'
import { runFile } from '../core/layout.js'
import type { Run } from '../core/model/run.js'
import { taskIdFlaw } from '../core/model/task-id.js'
import { checkRun, maxRunFileBytes } from './schema/check-run.js'
import { describeFlaw, quoteValue } from './schema/flaw.js'
import { sizeFlaw } from './schema/read-json.js'
import { encodeRun } from './task-codec.js'
import { type FileStamp, hasCode, statIfThere, writeDurably } from './write-durably.js'

export interface RunsRead {
  /** Newest first, by the time they began. */
  readonly runs: readonly Run[]
  /** One sentence for each file that is no run record. */
  readonly bad: readonly { readonly path: string; readonly why: string }[]
}

/** The newest so many files are read: more nights than anybody looks back on. */
export const maxRunsRead = 1000

export async function readRuns(layout: Layout): Promise<RunsRead> {
  const runs: Run[] = []
  const bad: { path: string; why: string }[] = []
  for (const name of await runNames(layout)) {
    const path = `${layout.runs}/${name}`
    const stats = await statIfThere(path)
    if (stats === null || !stats.isFile()) continue
    if (stats.size > maxRunFileBytes) {
      bad.push({ path, why: describeFlaw(sizeFlaw(`runs/${name}`, stats.size, maxRunFileBytes)) })
      continue
    }
    const check = checkRun(await readFile(path), `runs/${name}`)
    if (check.ok) runs.push(check.run)
    else bad.push({ path, why: check.flaws.slice(0, 1).map(describeFlaw).join() })
  }
  runs.sort((a, b) => (a.startedAt < b.startedAt ? 1 : a.startedAt > b.startedAt ? -1 : 0))
  return { runs, bad }
}

/** Faults: `write_failed`, also for an id that cannot name a file. */
export async function writeRun(layout: Layout, run: Run): Promise<FileStamp> {
  const flaw = taskIdFlaw(run.id)
  if (flaw !== null) throw new JetpackError('write_failed', `The run id ${quoteValue(run.id)} ${flaw}.`)
  return writeDurably(runFile(layout, run.id), encodeRun(run))
}

async function runNames(layout: Layout): Promise<readonly string[]> {
  try {
    const names = await readdir(layout.runs)
    const isRecord = (name: string): boolean =>
      name.endsWith('.json') && taskIdFlaw(name.slice(0, -5)) === null
    // Run ids begin with their time, so the last names are the newest.
    return names.filter(isRecord).sort().slice(-maxRunsRead)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return []
    throw error
  }
}
