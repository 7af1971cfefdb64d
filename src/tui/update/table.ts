// Moving about the task list. The selection follows its id and, where the list allows, keeps its line on the
// screen; a selected task whose place is not known stays where it is and the others flow around it.

import type { TaskPage, TaskRow } from '../../core/wire/views.js'
import type { Table, View } from '../model.js'
import { tableHeight } from '../view/layout.js'

/** Lines of the table as shown; null is a line whose row is still to come. */
export function shownRows(view: View): readonly (TaskRow | null)[] {
  const { table, selection } = view
  const height = tableHeight(view.size, view.tier)
  const count = Math.max(0, Math.min(height, table.matching - table.top))
  const rows: (TaskRow | null)[] = []
  for (let line = 0; line < count; line += 1) rows.push(rowAt(table, table.top + line))
  if (selection.kind !== 'row' || rows.some(row => row?.id === selection.row.id)) return rows
  const line = Math.min(selection.line, rows.length)
  return [...rows.slice(0, line), selection.row, ...rows.slice(line)].slice(0, height)
}

/** The highlighted line, or null. */
export function selectedLine(view: View): number | null {
  const { selection, table } = view
  if (selection.kind === 'none') return null
  if (selection.kind === 'seek') return selection.index - table.top
  const line = shownRows(view).findIndex(row => row?.id === selection.row.id)
  return line < 0 ? null : line
}

/** One screenful in lines. */
export function pageHeight(view: View): number {
  return tableHeight(view.size, view.tier)
}

/** `delta` lines on; the first move of all chooses the first line shown. */
export function moveBy(view: View, delta: number): View {
  const { selection, table } = view
  if (selection.kind === 'none') return moveTo(view, table.top)
  if (selection.kind === 'seek') return moveTo(view, selection.index + delta)
  const place = placeOf(table, selection.row.id)
  if (place !== null) return moveTo(view, place + delta)
  // The selected task stands between two lines of the list: the next one on has the place of its own line.
  const line = table.top + selection.line
  return moveTo(view, delta > 0 ? line + delta - 1 : line + delta)
}

/** Selects by place in the list; the row may still have to be fetched. */
export function moveTo(view: View, place: number): View {
  const { table } = view
  if (table.matching === 0) return view
  const height = pageHeight(view)
  const index = Math.max(0, Math.min(place, table.matching - 1))
  const top = clampTop(table, Math.min(Math.max(table.top, index - height + 1), index), height)
  const row = rowAt(table, index)
  const selection =
    row === null ? ({ kind: 'seek', index } as const) : ({ kind: 'row', row, line: index - top } as const)
  return { ...view, selection, table: { ...table, top } }
}

/** Takes in a fetched part of the list. */
export function withPage(view: View, page: TaskPage, asOf: number, at: number): View {
  const height = pageHeight(view)
  const loaded: Table = {
    ...view.table,
    offset: page.offset,
    rows: page.rows,
    total: page.total,
    matching: page.matching,
    asOf,
    loadedAt: at,
  }
  const table = { ...loaded, top: clampTop(loaded, loaded.top, height) }
  const { selection } = view
  if (selection.kind === 'none') return { ...view, table }
  if (selection.kind === 'seek') {
    const index = Math.min(selection.index, table.matching - 1)
    const row = rowAt(table, index)
    if (row === null) return { ...view, table }
    return { ...view, table, selection: { kind: 'row', row, line: index - table.top } }
  }
  const place = placeOf(table, selection.row.id)
  const row = place === null ? null : rowAt(table, place)
  if (place === null || row === null) return { ...view, table }
  const top = clampTop(table, place - selection.line, height)
  return { ...view, table: { ...table, top }, selection: { kind: 'row', row, line: place - top } }
}

/** After a change of size: the selected line is on the screen again. */
export function withVisibleSelection(view: View): View {
  const { selection, table } = view
  const height = pageHeight(view)
  if (selection.kind !== 'row')
    return { ...view, table: { ...table, top: clampTop(table, table.top, height) } }
  const line = Math.min(selection.line, height - 1)
  const top = clampTop(table, table.top + selection.line - line, height)
  return { ...view, table: { ...table, top }, selection: { ...selection, line } }
}

/** Puts newer rows in the place of those that are known, wherever the view holds them. */
export function withChangedRows(view: View, changed: readonly TaskRow[]): View {
  const news = new Map(changed.map(row => [row.id, row]))
  const fresh = (row: TaskRow): TaskRow => news.get(row.id) ?? row
  const { table, selection, open } = view
  const opened = open === null ? undefined : news.get(open.row.id)
  return {
    ...view,
    table: { ...table, rows: table.rows.map(fresh) },
    selection: selection.kind === 'row' ? { ...selection, row: fresh(selection.row) } : selection,
    open: open === null || opened === undefined ? open : { ...open, row: opened, changes: open.changes + 1 },
  }
}

function rowAt(table: Table, place: number): TaskRow | null {
  return table.rows[place - table.offset] ?? null
}

function placeOf(table: Table, id: string): number | null {
  const index = table.rows.findIndex(row => row.id === id)
  return index < 0 ? null : table.offset + index
}

function clampTop(table: Table, top: number, height: number): number {
  return Math.max(0, Math.min(top, table.matching - height))
}
