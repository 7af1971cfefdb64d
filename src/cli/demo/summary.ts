// What a demo leaves behind, counted from its task files, and where to look at it.

import type { Task } from '../../core/model/task.js'
import type { RepositoryContext } from '../../runtime/repository-context.js'
import { readRuns } from '../../store/run-folder.js'
import { TaskFolder } from '../../store/task-folder.js'
import { elapsed, sinceMs } from '../../tui/text/durations.js'
import { countOf, plain } from '../print/print.js'
import type { Watched } from '../run/watch-headless.js'

export async function summaryLines(
  context: RepositoryContext,
  runId: string,
  end: Watched['end'],
  signal: AbortSignal,
): Promise<string[]> {
  const { layout } = context
  const { files } = await new TaskFolder(layout.tasks).load(signal)
  const tasks = files.flatMap(file => (file.check.ok ? [file.check.task] : []))
  const { runs } = await readRuns(layout)
  const record = runs.find(run => run.id === runId)
  const span =
    record === undefined
      ? ''
      : ` in ${elapsed(sinceMs(record.startedAt, Date.parse(record.endedAt ?? new Date().toISOString())) ?? 0)}`
  const completed = tasks.filter(task => task.status === 'completed').length
  const tried = tasks.filter(task => task.attempts.length > 0).length
  const example = tasks.find(task => task.attempts.length > 1) ?? tasks[0]
  return [
    '',
    `${completed} of ${tasks.length} completed, ${tried} tried${span} (${end}). The agents were simulated.`,
    attemptsLine(tasks),
    '',
    'Look at what came out:',
    `  cd ${shellPath(layout.home)}`,
    '  git log --oneline --graph jetpack-night      what has landed',
    '  git log jetpack-tasks                        every change of every task, with who and why',
    `  jetpack history ${example?.id ?? 'ID'}`,
    '  jetpack doctor                               everything checked afresh',
  ]
}

function attemptsLine(tasks: readonly Task[]): string {
  const counts = new Map<string, number>()
  for (const task of tasks)
    for (const { outcome } of task.attempts)
      counts.set(outcome ?? 'open', (counts.get(outcome ?? 'open') ?? 0) + 1)
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  const parts = [...counts].sort((a, b) => b[1] - a[1]).map(([outcome, count]) => `${count} ${outcome}`)
  return `${countOf(total, 'attempt')}: ${parts.join(' · ')}.`
}

function shellPath(path: string): string {
  const text = plain(path)
  return /^[\w./@:+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
