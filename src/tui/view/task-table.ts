// The task table: one line a task, in the order the engine gives.

import type { TaskRow } from '../../core/wire/views.js'
import type { View } from '../model.js'
import { fit } from '../text/cells.js'
import { shortAge, sinceMs } from '../text/durations.js'
import { type GlyphSet, moodOf, moodWords, type TaskMood } from '../text/glyphs.js'
import { selectedLine, shownRows } from '../update/table.js'
import { addStyle, box, type Canvas, put, putSpans, type Region, type Style, style } from './frame.js'

export const moodStyles: Readonly<Record<TaskMood, Style>> = {
  run: style.cyan | style.bold,
  gate: style.cyan,
  land: style.cyan,
  ready: style.plain,
  wait: style.plain,
  done: style.green,
  fail: style.red | style.bold,
  ask: style.yellow | style.bold,
  cancelled: style.plain,
}

const priorityWords = { critical: 'crit', high: 'high', medium: 'med', low: 'low' } as const

interface Columns {
  readonly id: number
  readonly seat: number
}

export function drawTaskTable(
  canvas: Canvas,
  region: Region,
  bordered: boolean,
  view: View,
  glyphs: GlyphSet,
): void {
  const rows = shownRows(view)
  const line = selectedLine(view)
  const inside = bordered ? box(canvas, region, titleOf(view, line), glyphs) : region
  const columns = columnsFor(rows, inside.width)
  drawHeading(canvas, inside, columns, glyphs)
  const first = inside.y + 1
  rows.slice(0, inside.height - 1).forEach((row, i) => {
    const isSelected = i === line
    const at = { x: inside.x, y: first + i, width: inside.width }
    if (row === null) put(canvas, at, '    …')
    else drawRow(canvas, at, row, columns, { view, glyphs, isSelected })
    if (isSelected) addStyle(canvas, { ...at, height: 1 }, style.inverse)
  })
  if (rows.length === 0 && inside.height > 1)
    put(canvas, { x: inside.x + 1, y: first, width: inside.width - 1 }, emptyText(view))
}

function titleOf(view: View, line: number | null): string {
  const { table, marks } = view
  const place = line === null ? '' : `${table.top + line + 1}/`
  const marked = marks.size === 0 ? '' : `  ${marks.size} marked`
  return `Tasks ${place}${table.matching}${marked}`
}

function emptyText(view: View): string {
  return view.table.asOf < 0
    ? 'Reading the tasks.'
    : 'There are no tasks yet: jetpack add, or jetpack import.'
}

/** Ids and seats get what the longest one shown needs, within bounds. */
function columnsFor(rows: readonly (TaskRow | null)[], width: number): Columns {
  const longest = (texts: readonly string[]) => texts.reduce((most, text) => Math.max(most, text.length), 0)
  const present = rows.flatMap(row => (row === null ? [] : [row]))
  const id = Math.max(6, Math.min(longest(present.map(row => row.id)), Math.floor(width / 4)))
  if (width < 60) return { id, seat: 0 }
  return { id, seat: Math.max(4, Math.min(longest(present.map(row => row.seat ?? '-')), 12)) }
}

function drawHeading(canvas: Canvas, inside: Region, columns: Columns, glyphs: GlyphSet): void {
  const { charset } = glyphs
  const seat = columns.seat === 0 ? '' : ` ${fit('SEAT', columns.seat, charset)}`
  const wide = columns.seat === 0 ? '' : ' PRIO'
  const text = `   ${fit('ID', columns.id, charset)} STATUS ${wide}${seat} TRY  AGE   TITLE`
  put(canvas, { x: inside.x, y: inside.y, width: inside.width }, text, style.bold)
}

function drawRow(
  canvas: Canvas,
  at: { readonly x: number; readonly y: number; readonly width: number },
  row: TaskRow,
  columns: Columns,
  given: { readonly view: View; readonly glyphs: GlyphSet; readonly isSelected: boolean },
): void {
  const { view, glyphs, isSelected } = given
  const { charset } = glyphs
  const mood = moodOf(row)
  const age = sinceMs(row.since, view.at)
  const seat = columns.seat === 0 ? '' : ` ${fit(row.seat ?? '-', columns.seat, charset)}`
  const priority = columns.seat === 0 ? '' : ` ${fit(priorityWords[row.priority], 4, charset)}`
  const tries = fit(`${row.counted}/${row.maxAttempts}`, 4, charset)
  putSpans(canvas, at, [
    [`${isSelected ? glyphs.cursor : ' '}${view.marks.has(row.id) ? '*' : ' '} `, style.bold],
    [fit(row.id, columns.id, charset), style.plain],
    [` ${glyphs[mood]} ${fit(moodWords[mood], 5, charset)}`, moodStyles[mood]],
    [`${priority}${seat} ${tries} `, style.plain],
    [`${fit(age === null ? '-' : shortAge(age), 5, charset)} `, style.plain],
    [row.title, style.plain],
    [row.why === null ? '' : `  ${row.why}`, style.yellow],
  ])
}
