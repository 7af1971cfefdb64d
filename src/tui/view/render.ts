// The whole screen of a view, as a frame. Pure: the same view and size give the same frame.

import { hintsFor } from '../keys.js'
import type { View } from '../model.js'
import { glyphSet } from '../text/glyphs.js'
import { drawDialog } from './dialog-view.js'
import { type Canvas, type Frame, newCanvas, put, type Region, style } from './frame.js'
import { drawHeader } from './header.js'
import { leastSize, overviewLayout } from './layout.js'
import { drawLog } from './log-view.js'
import { drawSeats } from './seats-panel.js'
import { drawTaskTable } from './task-table.js'
import { drawTask } from './task-view.js'

/** A passing message stays this long; then the standing one shows again. */
export const noticeMs = 15_000

export function render(view: View): Frame {
  const { columns, rows } = view.size
  const canvas = newCanvas(columns, rows, view.charset)
  if (view.tier === 'tiny') {
    drawTooSmall(canvas)
    return canvas
  }
  const glyphs = glyphSet(view.charset)
  const layout = overviewLayout(view.size, view.tier)
  drawHeader(canvas, layout.header, view, glyphs)
  if (view.open === null) {
    drawTaskTable(canvas, layout.table, layout.bordered, view, glyphs)
    if (layout.seats !== null) drawSeats(canvas, layout.seats, view, glyphs)
    if (layout.log !== null) drawLog(canvas, layout.log, view, glyphs)
  } else {
    const body = { x: 0, y: layout.header.height, width: columns, height: rows - layout.header.height - 2 }
    drawTask(canvas, body, view.open, view, glyphs)
  }
  drawMessage(canvas, layout.message, view)
  drawHints(canvas, layout.hints, view)
  if (view.dialog !== null) drawDialog(canvas, view.dialog, glyphs)
  return canvas
}

function drawTooSmall(canvas: Canvas): void {
  const needed = `needs ${leastSize.columns}x${leastSize.rows}`
  const lines = ['jetpack', needed, `has ${canvas.width}x${canvas.height}`, 'q leaves']
  lines.forEach((line, y) => {
    put(canvas, { x: 0, y, width: canvas.width }, line)
  })
}

function drawMessage(canvas: Canvas, region: Region, view: View): void {
  const { notice } = view
  const isFresh = notice !== null && view.at < notice.at + noticeMs
  const text = isFresh ? notice.text : standingText(view)
  const drawn = isFresh && notice.level === 'warning' ? style.yellow | style.bold : style.plain
  put(canvas, { x: region.x + 1, y: region.y, width: region.width - 1 }, text, drawn)
}

/** What holds for as long as it holds: the end of the run, or why nothing starts. */
function standingText(view: View): string {
  const { status } = view
  if (status === null) return ''
  const { run, counts } = status
  if (run?.state === 'ended')
    return `The run has ended: ${run.end ?? 'end unknown'}, ${counts.completed} of ${counts.total} completed. q leaves.`
  if (run?.paused === true) return 'The run is paused: running agents go on, none starts. p resumes.'
  return status.waitingFor ?? ''
}

function drawHints(canvas: Canvas, region: Region, view: View): void {
  const text =
    view.dialog === null
      ? hintsFor(region.width, view.open === null ? 'table' : 'task').join('  ')
      : 'esc close'
  put(canvas, { x: region.x + 1, y: region.y, width: region.width - 1 }, text, style.bold)
}
