// The crew: who sits where and what at.

import type { SeatView } from '../../core/wire/views.js'
import type { View } from '../model.js'
import { fit } from '../text/cells.js'
import { shortAge, sinceMs } from '../text/durations.js'
import type { GlyphSet } from '../text/glyphs.js'
import { box, type Canvas, put, putSpans, type Region, type Style, style } from './frame.js'

const seatStyles: Readonly<Record<SeatView['state'], Style>> = {
  busy: style.cyan | style.bold,
  idle: style.plain,
  resting: style.yellow,
}

export function drawSeats(canvas: Canvas, region: Region, view: View, glyphs: GlyphSet): void {
  const seats = view.status?.seats ?? []
  const busy = seats.filter(seat => seat.state === 'busy').length
  const inside = box(canvas, region, `Seats ${busy}/${seats.length} busy`, glyphs)
  const nameWidth = Math.max(4, Math.min(14, ...[Math.max(0, ...seats.map(seat => seat.name.length))]))
  const { charset } = glyphs
  const heading = `  ${fit('NAME', nameWidth, charset)} STATE  SINCE DONE  TASK`
  put(canvas, { x: inside.x, y: inside.y, width: inside.width }, heading, style.bold)
  const room = inside.height - 1
  const shown = seats.length > room ? seats.slice(0, Math.max(0, room - 1)) : seats
  shown.forEach((seat, i) => {
    drawSeat(canvas, { x: inside.x, y: inside.y + 1 + i, width: inside.width }, seat, nameWidth, view, glyphs)
  })
  const left = seats.length - shown.length
  if (left > 0 && room > 0)
    put(canvas, { x: inside.x + 2, y: inside.y + room, width: inside.width - 2 }, `+${left} more`)
}

function drawSeat(
  canvas: Canvas,
  at: { readonly x: number; readonly y: number; readonly width: number },
  seat: SeatView,
  nameWidth: number,
  view: View,
  glyphs: GlyphSet,
): void {
  const { charset } = glyphs
  const sign = { busy: glyphs.run, idle: glyphs.ready, resting: glyphs.rest }[seat.state]
  const word = { busy: 'busy', idle: 'idle', resting: 'rest' }[seat.state]
  const age = sinceMs(seat.since, view.at)
  const task = seat.task === null ? '-' : `${seat.task}${seat.attempt === null ? '' : ` #${seat.attempt}`}`
  putSpans(canvas, at, [
    [`  ${fit(seat.name, nameWidth, charset)} `, style.plain],
    [`${sign} ${fit(word, 4, charset)}`, seatStyles[seat.state]],
    [` ${fit(age === null ? '-' : shortAge(age), 5, charset)} `, style.plain],
    [`${fit(`${seat.done}/${seat.attempts}`, 5, charset)} `, style.plain],
    [task, style.plain],
    [seat.why === null ? '' : `  ${seat.why}`, style.yellow],
  ])
}
