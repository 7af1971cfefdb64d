// A picture of the whole screen as plain data. `put` is the only way for text to get into it: sanitised by
// `cellsOf`, clipped to the room it is given, no wide character split; so no text can reach its neighbour's cells.

import { type Charset, cellsOf, cutCells } from '../text/cells.js'
import type { GlyphSet } from '../text/glyphs.js'

/** A colour (0-7) with weights added to it; see `style`. */
export type Style = number

/** Only colours of the 16 that every theme defines, and nothing is told by colour alone. */
export const style = {
  plain: 0,
  red: 1,
  green: 2,
  yellow: 3,
  blue: 4,
  magenta: 5,
  cyan: 6,
  colour: 7,
  bold: 8,
  underline: 16,
  inverse: 32,
} as const

/** The second cell of a wide character holds ''. */
export interface FrameRow {
  readonly chars: readonly string[]
  readonly styles: readonly Style[]
}

export interface Frame {
  readonly width: number
  readonly height: number
  readonly rows: readonly FrameRow[]
}

export interface Region {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** A frame in the making. */
export interface Canvas extends Frame {
  readonly charset: Charset
  readonly rows: { chars: string[]; styles: Style[] }[]
}

export function newCanvas(width: number, height: number, charset: Charset): Canvas {
  const rows = Array.from({ length: height }, () => ({
    chars: new Array<string>(width).fill(' '),
    styles: new Array<Style>(width).fill(style.plain),
  }))
  return { width, height, charset, rows }
}

/** Writes one line of text into at most `width` cells from (x, y) and answers the cells used. */
export function put(
  canvas: Canvas,
  at: { readonly x: number; readonly y: number; readonly width: number },
  text: string,
  drawn: Style = style.plain,
): number {
  const room = Math.max(0, Math.min(at.width, canvas.width - at.x))
  let used = 0
  for (const cell of cutCells(cellsOf(text, canvas.charset), room, canvas.charset)) {
    setCell(canvas, at.x + used, at.y, cell.text, drawn)
    if (cell.width === 2) setCell(canvas, at.x + used + 1, at.y, '', drawn)
    used += cell.width
  }
  return used
}

/** Pieces of differing style one after the other, clipped together. */
export function putSpans(
  canvas: Canvas,
  at: { readonly x: number; readonly y: number; readonly width: number },
  spans: readonly (readonly [text: string, drawn: Style])[],
): number {
  let used = 0
  for (const [text, drawn] of spans) {
    if (used >= at.width) break
    used += put(canvas, { x: at.x + used, y: at.y, width: at.width - used }, text, drawn)
  }
  return used
}

function setCell(canvas: Canvas, x: number, y: number, text: string, drawn: Style): void {
  const row = canvas.rows[y]
  if (row === undefined || x < 0 || x >= canvas.width) return
  // Half a wide character cannot be drawn: what is left of an overwritten one becomes a space.
  if (text !== '' && row.chars[x] === '' && x > 0) row.chars[x - 1] = ' '
  if (row.chars[x + 1] === '' && row.chars[x] !== '') row.chars[x + 1] = ' '
  row.chars[x] = text
  row.styles[x] = drawn
}

export function clear(canvas: Canvas, region: Region): void {
  for (let y = region.y; y < region.y + region.height; y += 1)
    for (let x = region.x; x < region.x + region.width; x += 1) setCell(canvas, x, y, ' ', style.plain)
}

/** Adds weights such as `style.inverse` to what stands in the region. */
export function addStyle(canvas: Canvas, region: Region, added: Style): void {
  for (let y = region.y; y < region.y + region.height; y += 1) {
    const row = canvas.rows[y]
    if (row === undefined) continue
    for (let x = region.x; x < Math.min(region.x + region.width, canvas.width); x += 1)
      row.styles[x] = (row.styles[x] ?? style.plain) | added
  }
}

/** A border with a title in it; answers the region inside. */
export function box(canvas: Canvas, region: Region, title: string, glyphs: GlyphSet): Region {
  const { x, y, width, height } = region
  if (width < 2 || height < 2) return { x, y, width: 0, height: 0 }
  const line = glyphs.horizontal.repeat(width - 2)
  put(canvas, { x, y, width }, `${glyphs.topLeft}${line}${glyphs.topRight}`)
  for (let row = y + 1; row < y + height - 1; row += 1) {
    setCell(canvas, x, row, glyphs.vertical, style.plain)
    setCell(canvas, x + width - 1, row, glyphs.vertical, style.plain)
  }
  put(canvas, { x, y: y + height - 1, width }, `${glyphs.bottomLeft}${line}${glyphs.bottomRight}`)
  if (title !== '') put(canvas, { x: x + 2, y, width: width - 4 }, ` ${title} `, style.bold)
  return { x: x + 1, y: y + 1, width: width - 2, height: height - 2 }
}

/** The characters alone, one line per row, for tests and for reading. */
export function frameText(frame: Frame): string {
  return frame.rows.map(row => row.chars.join('').trimEnd()).join('\n')
}
