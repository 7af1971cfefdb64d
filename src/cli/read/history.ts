// `jetpack history ID`: what the task branch tells of one task, oldest first, as a story is read.

import { JetpackError } from '../../core/fault.js'
import { isoTime } from '../../core/model/time.js'
import { type HistoryEntry, taskHistory } from '../../git/history/history.js'
import { openHere } from '../open/open-here.js'
import { requireInitialised } from '../open/read-config.js'
import type { Surroundings } from '../open/surroundings.js'
import { plain, printJson, printLine } from '../print/print.js'
import { cutLine } from '../print/table.js'
import { requireTaskId } from '../steer/task-ids.js'

export interface HistoryOptions {
  readonly json?: true
}

/** The newest so many changes are shown. */
const mostEntries = 1_000

export async function history(around: Surroundings, id: string, options: HistoryOptions): Promise<number> {
  const task = requireTaskId(id)
  const context = await openHere(around)
  requireInitialised(context.layout)
  const entries = [...(await taskHistory(context.repository, task, mostEntries, around.signal))].reverse()
  if (entries.length === 0)
    throw new JetpackError(
      'task_unknown',
      `There is no task "${task}" on the task branch.`,
      '`jetpack list` shows the ids.',
    )
  if (options.json)
    printJson({
      schema: 'jetpack.history/1',
      task,
      entries: entries.map(entry => ({ ...entry, at: isoTime(entry.at) })),
    })
  else for (const entry of entries) printLine(cutLine(entryLine(entry), around.columns))
  return 0
}

function entryLine({ commit, at, subject, trailers }: HistoryEntry): string {
  const reason =
    trailers.Reason === undefined || subject.includes(trailers.Reason) ? '' : ` (${trailers.Reason})`
  const by = trailers.By === undefined ? '' : `, by ${trailers.By}`
  return plain(
    `${isoTime(at).slice(0, 19).replace('T', ' ')}  ${commit.slice(0, 9)}  ${subject}${reason}${by}`,
  )
}
