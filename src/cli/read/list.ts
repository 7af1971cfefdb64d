// `jetpack list`: the task table.

import { JetpackError } from '../../core/fault.js'
import type { Engine } from '../../core/wire/engine.js'
import type { TaskPage, TaskQuery, TaskRow } from '../../core/wire/views.js'
import { connectEngine } from '../open/connect.js'
import type { Surroundings } from '../open/surroundings.js'
import { printJson, printLine } from '../print/print.js'
import { tableLines } from '../print/table.js'

export interface ListOptions {
  readonly filter?: string
  readonly status?: string
  readonly json?: true
}

const statuses = ['ready', 'waiting', 'in_progress', 'completed', 'failed', 'blocked', 'cancelled']

export async function list(around: Surroundings, options: ListOptions): Promise<number> {
  if (options.status !== undefined && !statuses.includes(options.status)) {
    const message = `Cannot list tasks of the status "${options.status}": there is no such status.`
    throw new JetpackError('usage', message, `It is one of ${statuses.join(', ')}.`)
  }
  const words = options.status === undefined ? [] : [`status:${options.status}`]
  const filter = [...words, options.filter ?? ''].join(' ').trim()
  await using connection = await connectEngine(around, 'reading')
  const page = await allTasks(connection.engine, { filter, sort: 'attention' }, around.signal)
  if (options.json) printJson(page)
  else printTasks(page, around)
  return 0
}

/** Rows asked for at a time. */
const pageRows = 5_000
/** Pages that one command asks for: ten times the backlog that the design serves. */
const maxPages = 20

/** The whole answer to a query, fetched page by page. */
export async function allTasks(
  engine: Engine,
  query: Pick<TaskQuery, 'filter' | 'sort'>,
  signal: AbortSignal,
): Promise<TaskPage> {
  const first = await engine.tasks({ ...query, offset: 0, count: pageRows }, signal)
  const rows: TaskRow[] = [...first.rows]
  for (let page = 1; page < maxPages && rows.length < first.matching; page += 1) {
    const next = await engine.tasks({ ...query, offset: rows.length, count: pageRows }, signal)
    if (next.rows.length === 0) break
    rows.push(...next.rows)
  }
  return { ...first, rows }
}

/** The table, or one line when there is nothing in it. */
export function printTasks(page: TaskPage, around: Surroundings): void {
  if (page.rows.length === 0) {
    printLine(
      page.total === 0
        ? 'There are no tasks yet: `jetpack add` or `jetpack import` writes some.'
        : 'No task matches.',
    )
    return
  }
  const rows = page.rows.map(row => [
    row.id,
    stateOf(row),
    row.priority,
    row.seat ?? '-',
    triesOf(row),
    titleOf(row),
  ])
  const head = ['ID', 'STATUS', 'PRIORITY', 'SEAT', 'TRY', 'TITLE']
  for (const line of tableLines(head, rows, around.columns)) printLine(line)
  if (page.matching < page.total) printLine(`${page.matching} of ${page.total} tasks`)
}

function stateOf(row: TaskRow): string {
  if (row.waiting) return 'waiting'
  return row.phase === null ? row.status : `${row.status} (${row.phase})`
}

function triesOf(row: TaskRow): string {
  return row.attempts === 0 ? '-' : `${row.counted}/${row.maxAttempts}`
}

function titleOf(row: TaskRow): string {
  return row.why === null ? row.title : `${row.title} (${row.why})`
}
