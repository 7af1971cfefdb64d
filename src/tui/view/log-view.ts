// The tail of one attempt's output. Lines are cut, never wrapped, so that one line is one line.

import type { View } from '../model.js'
import type { GlyphSet } from '../text/glyphs.js'
import { sanitize } from '../text/sanitize.js'
import { box, type Canvas, put, type Region } from './frame.js'

export function drawLog(canvas: Canvas, region: Region, view: View, glyphs: GlyphSet): void {
  const inside = box(canvas, region, titleOf(view), glyphs)
  const { log } = view
  const unfinished = sanitize(log.unfinished)
  const lines = unfinished.trim() === '' ? log.lines : [...log.lines, unfinished]
  if (lines.length === 0) {
    put(canvas, { x: inside.x + 1, y: inside.y, width: inside.width - 1 }, emptyText(view))
    return
  }
  const end = Math.max(Math.min(lines.length, inside.height), lines.length - log.back)
  const shown = lines.slice(Math.max(0, end - inside.height), end)
  shown.forEach((line, i) => {
    put(canvas, { x: inside.x, y: inside.y + i, width: inside.width }, line)
  })
}

function titleOf(view: View): string {
  const { target, open, back, next } = view.log
  if (target === null) return 'Log'
  const seat = view.status?.seats.find(one => one.task === target.task && one.attempt === target.attempt)
  const state = back > 0 ? `  ${back} lines back, G follows` : open ? '  FOLLOW' : '  ended'
  const whose = seat === undefined ? '' : ` ${seat.name}`
  return `Log ${target.task} #${target.attempt}${whose}${next === null ? '' : state}`
}

function emptyText(view: View): string {
  const { log, selection, open } = view
  const row = open?.row ?? (selection.kind === 'row' ? selection.row : null)
  if (log.target === null && row !== null)
    return `No attempt of ${row.id} yet.${row.why === null ? '' : ` ${row.why}`}`
  if (log.target === null) return 'No agent has started yet.'
  return log.next === null ? 'Reading the log.' : 'No output yet.'
}
