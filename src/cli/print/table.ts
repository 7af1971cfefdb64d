// Rows under each other for people: columns as wide as they must be, the last one cut at the terminal's edge.

import { cellsOf, cutCells, widthOf } from '../../tui/text/cells.js'
import { plain } from './print.js'

const gap = '  '
/** Columns other than the last are filled up to this width at most; what is longer stands out. */
const maxColumn = 40
const onlyAscii = /^[ -~]*$/

/** Cells may hold anybody's text. `columns` null: the output is no terminal and nothing is cut. */
export function tableLines(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  columns: number | null,
): string[] {
  const clean = [head, ...rows].map(row => row.map(plain))
  const widths = head.map((_, i) =>
    clean.reduce((width, row) => Math.max(width, Math.min(maxColumn, cellsWide(row[i] ?? ''))), 0),
  )
  const isLast = (i: number): boolean => i === head.length - 1
  return clean.map(row => {
    const parts = row.map((text, i) => (isLast(i) ? text : filled(text, widths[i] ?? 0)))
    return cutLine(parts.join(gap).trimEnd(), columns)
  })
}

/** One line, cut at the terminal's edge where there is one. */
export function cutLine(line: string, columns: number | null): string {
  if (columns === null || cellsWide(line) <= columns) return line
  return cutCells(cellsOf(line, 'unicode'), columns, 'unicode')
    .map(cell => cell.text)
    .join('')
}

function filled(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - cellsWide(text)))
}

/** Nearly all text is ASCII, and then its length is its width. */
function cellsWide(text: string): number {
  return onlyAscii.test(text) ? text.length : widthOf(text, 'unicode')
}
