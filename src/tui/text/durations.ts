// Spans of time in few cells.

import type { EpochMs } from '../../core/model/time.js'

const minuteMs = 60_000
const hourMs = 3_600_000

/** "42s", "7m", "1:10" (hours and minutes), "3d": at most five cells, and changes as seldom as it can. */
export function shortAge(ms: number): string {
  const span = Math.max(0, ms)
  if (span < minuteMs) return `${Math.floor(span / 1000)}s`
  if (span < hourMs) return `${Math.floor(span / minuteMs)}m`
  if (span < 100 * hourMs) return `${Math.floor(span / hourMs)}:${twoDigits((span % hourMs) / minuteMs)}`
  return `${Math.floor(span / (24 * hourMs))}d`
}

/** "42s", "7m05s", "6h12m". */
export function elapsed(ms: number): string {
  const span = Math.max(0, ms)
  if (span < minuteMs) return `${Math.floor(span / 1000)}s`
  if (span < hourMs) return `${Math.floor(span / minuteMs)}m${twoDigits((span % minuteMs) / 1000)}s`
  return `${Math.floor(span / hourMs)}h${twoDigits((span % hourMs) / minuteMs)}m`
}

/** Milliseconds from an RFC 3339 instant to `at`; null where there is no instant. */
export function sinceMs(instant: string | null, at: EpochMs): number | null {
  if (instant === null) return null
  const start = Date.parse(instant)
  return Number.isNaN(start) ? null : at - start
}

/** "22:41:07" of an instant, in the zone of the person's machine. */
export function timeOfDay(instant: string): string {
  const time = new Date(instant)
  if (Number.isNaN(time.getTime())) return '--:--:--'
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map(twoDigits).join(':')
}

function twoDigits(value: number): string {
  return String(Math.floor(value)).padStart(2, '0')
}
