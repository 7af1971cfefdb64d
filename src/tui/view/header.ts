// The two lines at the top: how the run stands, and how far it is.

import type { StatusView } from '../../core/wire/views.js'
import type { View } from '../model.js'
import { fit, widthOf } from '../text/cells.js'
import { elapsed, sinceMs } from '../text/durations.js'
import type { GlyphSet } from '../text/glyphs.js'
import { type Canvas, put, putSpans, type Region, type Style, style } from './frame.js'

type Span = readonly [text: string, drawn: Style]

export function drawHeader(canvas: Canvas, region: Region, view: View, glyphs: GlyphSet): void {
  const { x, y, width } = region
  const corner = cornerOf(view)
  const cornerWidth = corner === null ? 0 : Math.min(width, widthOf(corner[0], glyphs.charset) + 1)
  putSpans(canvas, { x, y, width }, runSpans(view, glyphs))
  if (view.status !== null)
    drawProgress(canvas, { x, y: y + 1, width: width - cornerWidth }, view.status, glyphs)
  if (corner !== null)
    put(canvas, { x: x + width - cornerWidth, y: y + 1, width: cornerWidth }, corner[0], corner[1])
}

/** What must not be lost when room is short: a broken link first, then that nothing here is real work. */
function cornerOf(view: View): Span | null {
  if (view.link.state === 'down')
    return [` link down ${elapsed(view.at - view.link.since)} `, style.red | style.bold | style.inverse]
  if (view.status?.live === false) return [' no orchestrator: read from files ', style.yellow | style.bold]
  if (view.status?.simulated === true) return [' simulation ', style.magenta | style.bold]
  return null
}

function runSpans(view: View, glyphs: GlyphSet): readonly Span[] {
  const { status } = view
  if (status === null) return [[' jetpack  connecting', style.bold]]
  const { run, counts } = status
  const busy = status.seats.filter(seat => seat.state === 'busy').length
  const words = wordsFor(view.size.columns)
  return [
    [words.lead, style.bold],
    [
      run === null
        ? 'no run'
        : words.named
          ? `${fit(run.id, Math.floor(view.size.columns / 4), glyphs.charset).trimEnd()}  `
          : '',
      style.bold,
    ],
    ...stateSpans(view, run),
    [`  ${words.agents}${busy}/${status.seats.length}${words.busy}`, style.plain],
    [`  ${glyphs.ask} ${status.needsYou}${words.needYou}`, alarm(status.needsYou, style.yellow)],
    [`  ${glyphs.fail} ${counts.failed}${words.failed}`, alarm(counts.failed, style.red)],
    [`  ${glyphs.wait} ${counts.waiting}${words.waiting}`, style.plain],
  ]
}

/** Words give way to room; numbers and signs stay. */
function wordsFor(columns: number) {
  if (columns < 76)
    return { lead: ' ', named: false, agents: '', busy: '', needYou: '', failed: '', waiting: '' }
  const isWide = columns >= 100
  return {
    lead: isWide ? ' jetpack  ' : ' ',
    named: true,
    agents: isWide ? 'agents ' : '',
    busy: ' busy',
    needYou: ' need you',
    failed: isWide ? ' failed' : ' fail',
    waiting: isWide ? ' waiting' : ' wait',
  }
}

function alarm(count: number, colour: Style): Style {
  return count > 0 ? colour | style.bold : style.plain
}

const stateWords = { running: 'RUN', paused: 'PAUSED', draining: 'DRAINING', ended: 'ENDED' } as const

function stateSpans(view: View, run: StatusView['run']): readonly Span[] {
  if (run === null) return []
  const end = run.endedAt === null ? view.at : Date.parse(run.endedAt)
  const word = stateWords[run.paused && run.state === 'running' ? 'paused' : run.state]
  const drawn = word === 'RUN' ? style.green | style.bold : style.yellow | style.bold
  const span = sinceMs(run.startedAt, end)
  return [
    [word, drawn],
    [span === null ? '' : ` ${elapsed(span)}`, style.plain],
  ]
}

function drawProgress(
  canvas: Canvas,
  at: { readonly x: number; readonly y: number; readonly width: number },
  status: StatusView,
  glyphs: GlyphSet,
): void {
  const { counts, landing } = status
  const share = counts.total === 0 ? 0 : counts.completed / counts.total
  const barWidth = Math.max(8, Math.min(48, Math.floor(at.width * 0.3)))
  const full = Math.floor(share * barWidth)
  const queued = landing.queued > 0 ? `  ${landing.queued} landing` : ''
  putSpans(canvas, at, [
    [' ', style.plain],
    [glyphs.barFull.repeat(full), style.green],
    [glyphs.barEmpty.repeat(barWidth - full), style.plain],
    [` ${counts.completed}/${counts.total} ${Math.floor(share * 100)}%`, style.bold],
    [`  ${counts.in_progress} running  ${counts.ready} ready${queued}`, style.plain],
  ])
}
