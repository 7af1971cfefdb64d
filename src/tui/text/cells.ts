// How text falls into terminal cells. Every grapheme becomes one cell or two, with a string that terminals agree
// on: emoji, whose width they dispute, become one-cell signs; combining marks ride on their base character.

import { eastAsianWidth } from 'get-east-asian-width'
import { sanitize } from './sanitize.js'

/** What the terminal can show. */
export type Charset = 'unicode' | 'ascii'

/** One grapheme; `width` is the number of cells it takes. */
export interface Cell {
  readonly text: string
  readonly width: 1 | 2
}

const maxMarks = 2
const unknownSign = '□'
const onlyAscii = /^[ -~]*$/
// Latin letters, dashes and dots, arrows, mathematical signs, lines, blocks and shapes, check marks: one cell each,
// and no mark among them. Most text is of these alone and needs no closer look.
const onlySimple = /^[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2190-\u22ff\u2500-\u25fc\u2713\u2717]*$/
const mark = /^\p{Mn}$/u
const emoji = /\p{Emoji_Presentation}|\p{Emoji_Modifier}|\p{Regional_Indicator}/u
const unassigned = /^[\p{Co}\p{Cn}]$/u

type Range = readonly [first: number, last: number]

// Marks that even old terminals draw over the character before; younger ones would take a cell in some.
const safeMarks: readonly Range[] = [
  [0x300, 0x36f],
  [0x591, 0x5c7],
  [0x64b, 0x652],
  [0x93c, 0x93c],
  [0x941, 0x948],
  [0x94d, 0x94d],
  [0xe31, 0xe4e],
  [0x3099, 0x309a],
]

// Terminals and versions of Unicode differ about these: combining jamo, tone marks, hexagrams, and all planes
// above the first but for the ideographs.
const disputed: readonly Range[] = [
  [0x6de, 0x6de],
  [0x1160, 0x11ff],
  [0x1734, 0x1734],
  [0x2630, 0x2637],
  [0x268a, 0x268f],
  [0x302a, 0x302f],
  [0x3248, 0x324f],
  [0x4dc0, 0x4dff],
  [0xa960, 0xa97f],
  [0xd7b0, 0xd7ff],
  [0x10000, 0x1ffff],
  [0x2fa20, 0x10ffff],
]

const signs: Readonly<Record<string, string>> = {
  '✅': '✓',
  '❌': '✗',
  '❎': '✗',
  '❗': '!',
  '❓': '?',
  '⭐': '★',
  '🔴': '●',
  '🟢': '●',
  '🟡': '●',
  '🔵': '●',
  '➕': '+',
  '➖': '-',
}

const asciiSigns: Readonly<Record<string, string>> = {
  '…': '...',
  '–': '-',
  '—': '-',
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
  '•': '*',
  '→': '->',
  '✓': '+',
  '✗': 'x',
}

let segmenter: Intl.Segmenter | null = null

/** The cells of one line of text, which is sanitised first. */
export function cellsOf(text: string, charset: Charset): Cell[] {
  const clean = sanitize(text)
  const plain = charset === 'ascii' ? asAscii(clean) : clean
  const cells: Cell[] = []
  if (onlySimple.test(plain)) {
    for (const char of plain) cells.push({ text: char, width: 1 })
    return cells
  }
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' })
  for (const { segment } of segmenter.segment(plain.normalize('NFC'))) addGrapheme(cells, segment)
  return cells
}

function addGrapheme(cells: Cell[], grapheme: string): void {
  if (emoji.test(grapheme)) {
    cells.push({ text: signs[grapheme] ?? unknownSign, width: 1 })
    return
  }
  let marks = 0
  for (const char of grapheme) {
    const last = cells.at(-1)
    if (mark.test(char)) {
      // A long pile of marks would paint over the lines above and below.
      if (last !== undefined && marks < maxMarks && isWithin(char, safeMarks))
        cells[cells.length - 1] = { ...last, text: last.text + char }
      marks += 1
      continue
    }
    marks = 0
    if (unassigned.test(char) || isWithin(char, disputed)) cells.push({ text: unknownSign, width: 1 })
    else cells.push({ text: char, width: charWidth(char) })
  }
}

function isWithin(char: string, ranges: readonly Range[]): boolean {
  const point = char.codePointAt(0) ?? 0
  return ranges.some(([first, last]) => point >= first && point <= last)
}

/** Cells of one character by the current Unicode table; characters of disputed width count as one. */
export function charWidth(char: string): 1 | 2 {
  const point = char.codePointAt(0) ?? 0
  return point < 0x1100 ? 1 : eastAsianWidth(point) === 2 ? 2 : 1
}

function asAscii(text: string): string {
  if (onlyAscii.test(text)) return text
  let plain = ''
  for (const char of text.normalize('NFKD')) {
    if (onlyAscii.test(char)) plain += char
    else if (!mark.test(char)) plain += asciiSigns[char] ?? '?'
  }
  return plain
}

/** Cells that the text takes. */
export function widthOf(text: string, charset: Charset): number {
  return cellsOf(text, charset).reduce((sum, cell) => sum + cell.width, 0)
}

/** At most `width` cells; what was cut short ends with an ellipsis. */
export function cutCells(cells: readonly Cell[], width: number, charset: Charset): Cell[] {
  const total = cells.reduce((sum, cell) => sum + cell.width, 0)
  if (total <= width) return [...cells]
  const kept: Cell[] = []
  let used = 0
  for (const cell of cells) {
    if (used + cell.width > width - 1) break
    kept.push(cell)
    used += cell.width
  }
  if (width > 0) kept.push({ text: charset === 'ascii' ? '~' : '…', width: 1 })
  return kept
}

/** Exactly `width` cells of text: cut short with an ellipsis, or filled up with spaces. */
export function fit(text: string, width: number, charset: Charset): string {
  const cells = cutCells(cellsOf(text, charset), width, charset)
  const used = cells.reduce((sum, cell) => sum + cell.width, 0)
  return cells.map(cell => cell.text).join('') + ' '.repeat(Math.max(0, width - used))
}
