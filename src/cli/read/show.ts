// `jetpack show ID`: one task with its text, its edges and its attempts.

import { JetpackError } from '../../core/fault.js'
import type { Attempt, Task } from '../../core/model/task.js'
import type { TaskDetail } from '../../core/wire/views.js'
import { elapsed, sinceMs } from '../../tui/text/durations.js'
import { connectEngine } from '../open/connect.js'
import type { Surroundings } from '../open/surroundings.js'
import { plain, plainLines, printJson, printLine } from '../print/print.js'
import { cutLine } from '../print/table.js'
import { requireTaskId } from '../steer/task-ids.js'

export interface ShowOptions {
  readonly json?: true
}

export async function show(around: Surroundings, id: string, options: ShowOptions): Promise<number> {
  await using connection = await connectEngine(around, 'reading')
  const detail = await connection.engine.task(requireTaskId(id), around.signal)
  if (options.json) printJson(detail)
  else for (const line of detailLines(detail, around.columns)) printLine(line)
  return 0
}

function detailLines(detail: TaskDetail, columns: number | null): string[] {
  const { task, row, dependents } = detail
  const state = row.waiting ? 'waiting' : task.status
  const lines = [
    plain(`${task.id}: ${task.title}`),
    field('status', row.why === null ? state : `${state}: ${row.why}`),
    field('priority', `${task.priority}, type ${task.type}`),
  ]
  const lists: readonly (readonly [string, readonly string[]])[] = [
    ['tags', task.tags],
    ['skills', task.requiredSkills],
    ['files', task.files],
    ['needs', [...new Set([...task.dependencies, ...task.blockers])]],
    ['waived', task.waived],
    ['needed by', dependents],
  ]
  for (const [name, values] of lists) if (values.length > 0) lines.push(field(name, values.join(', ')))
  if (task.agent !== null) lines.push(field('only for', task.agent.seat ?? task.agent.executor ?? '-'))
  if (task.hold !== null)
    lines.push(field('hold', `${task.hold.why}, by ${task.hold.by} at ${task.hold.at}: ${task.hold.text}`))
  if (task.result !== null) lines.push(field('result', resultText(task.result)))
  for (const [name, text] of [
    ['description', task.description],
    ['acceptance', task.acceptance],
    ['notes', task.notes],
  ] as const)
    if (text.trim() !== '') lines.push('', `${name}:`, plainLines(text, '  '))
  if (task.attempts.length > 0)
    lines.push('', 'attempts:', ...task.attempts.map(attempt => cutLine(attemptLine(attempt), columns)))
  return lines
}

function field(name: string, value: string): string {
  return `  ${`${name}:`.padEnd(12)}${plain(value)}`
}

function resultText(result: NonNullable<Task['result']>): string {
  const commit = result.commit === null ? '' : ` as ${result.commit.slice(0, 12)}`
  const summary = result.summary === null ? '' : `: ${result.summary}`
  return `${result.kind}${commit} at ${result.at} by ${result.by}${summary}`
}

function attemptLine(attempt: Attempt): string {
  const span = elapsed(
    sinceMs(attempt.startedAt, attempt.endedAt === null ? Date.now() : Date.parse(attempt.endedAt)) ?? 0,
  )
  const outcome =
    attempt.outcome === null
      ? `in phase ${attempt.phase}`
      : `${attempt.outcome}${attempt.spent === false ? ' (not counted)' : ''}`
  const reason = attempt.reason === null ? '' : `: ${attempt.reason}`
  return plain(`  ${String(attempt.n).padStart(3)}  ${attempt.seat}  ${span}  ${outcome}${reason}`)
}

/** Number of an attempt as typed. Faults: `usage`. */
export function attemptNumber(text: string): number {
  if (/^[1-9][0-9]{0,8}$/.test(text)) return Number(text)
  throw new JetpackError(
    'usage',
    `Cannot take --attempt ${JSON.stringify(text)}: attempts are numbered from 1.`,
    '`jetpack show ID` lists them.',
  )
}
