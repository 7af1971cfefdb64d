// The one log pane: whose output it shows, and its tail as it grows. Only the tail is kept; a flood is skipped
// over rather than read through.

import type { LogChunk } from '../../core/wire/views.js'
import { type LogPane, type LogTarget, noLog, type View } from '../model.js'
import { maxLineLength, sanitizedLines } from '../text/sanitize.js'

/** Most lines that the pane keeps. */
export const maxLogLines = 1000
/** How much of the end is read first. */
export const logTailBytes = 16_384
/** Further behind than this, the pane goes on from the end. */
export const maxLagBytes = 262_144

/** Points the pane at what the view is about now; a new target starts empty. */
export function aimLog(view: View): View {
  const target = wantedTarget(view)
  if (sameTarget(target, view.log.target)) return view
  return { ...view, log: { ...noLog, target } }
}

/** The open task's, else the selected task's, else that of the seat which started last. */
function wantedTarget(view: View): LogTarget | null {
  const { open, selection } = view
  if (open !== null) return lastAttempt(open.row)
  if (selection.kind === 'row') return lastAttempt(selection.row)
  if (selection.kind === 'seek') return view.log.target
  const busy = (view.status?.seats ?? []).filter(seat => seat.state === 'busy')
  const isCurrent = (seat: (typeof busy)[number]) =>
    seat.task === view.log.target?.task && seat.attempt === view.log.target?.attempt
  if (busy.length === 0 || busy.some(isCurrent)) return view.log.target
  const latest = busy.reduce((a, b) => ((b.since ?? '') > (a.since ?? '') ? b : a))
  return latest.task === null || latest.attempt === null
    ? view.log.target
    : { task: latest.task, attempt: latest.attempt }
}

function lastAttempt(row: { readonly id: string; readonly attempts: number }): LogTarget | null {
  return row.attempts === 0 ? null : { task: row.id, attempt: row.attempts }
}

export function sameTarget(a: LogTarget | null, b: LogTarget | null): boolean {
  return a?.task === b?.task && a?.attempt === b?.attempt
}

/** Takes in a fetched piece; one that belongs to an earlier target is dropped. */
export function withLogChunk(view: View, target: LogTarget, chunk: LogChunk, at: number): View {
  const { log } = view
  if (!sameTarget(target, log.target)) return view
  if (log.next !== null && chunk.from !== log.next) return view
  const known = { size: chunk.size, open: chunk.open, loadedAt: at }
  if (chunk.size - chunk.next > maxLagBytes) {
    const skipped = `(${Math.round((chunk.size - chunk.next - logTailBytes) / 1024)} KiB skipped)`
    return {
      ...view,
      log: { ...withLines(log, [skipped]), ...known, unfinished: '', next: null },
    }
  }
  const text = log.unfinished + wholeLines(log, chunk)
  // A "\r" at the very end may be the first half of a line end that is still to come.
  const sure = text.endsWith('\r') ? text.slice(0, -1) : text
  const end = Math.max(sure.lastIndexOf('\n'), sure.lastIndexOf('\r'))
  const lines = end < 0 ? [] : sanitizedLines(text.slice(0, end + 1).replace(/\r?\n$|\r$/, ''))
  const unfinished = text.slice(end + 1, end + 1 + maxLineLength)
  return { ...view, log: { ...withLines(log, lines), ...known, unfinished, next: chunk.next } }
}

/** The chunk's text, less the rest of a line whose beginning was not read. */
function wholeLines(log: LogPane, chunk: LogChunk): string {
  if (log.next !== null || chunk.from === 0) return chunk.text
  const firstEnd = chunk.text.indexOf('\n')
  return firstEnd < 0 ? chunk.text : chunk.text.slice(firstEnd + 1)
}

function withLines(log: LogPane, added: readonly string[]): LogPane {
  if (added.length === 0) return log
  const lines = [...log.lines, ...added].slice(-maxLogLines)
  // A pane that was scrolled back keeps showing the same lines while new ones arrive.
  const back = log.back === 0 ? 0 : Math.min(log.back + added.length, lines.length - 1)
  return { ...log, lines, back }
}

/** Scrolls: positive goes back in time. At 0 the pane follows the end again. */
export function scrollLog(view: View, delta: number): View {
  const most = Math.max(0, view.log.lines.length - 3)
  return { ...view, log: { ...view.log, back: Math.max(0, Math.min(view.log.back + delta, most)) } }
}
