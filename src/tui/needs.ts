// What the view lacks, most wanted first: only what is on the screen or just beside it is ever fetched. The
// program fetches one at a time and no more than ten a second.

import type { LogPane, Need, View } from './model.js'
import { logTailBytes } from './update/log-tail.js'
import { tableHeight } from './view/layout.js'

/** Least time between two fetches of the same kind that only refresh. */
export const refreshMs = { rows: 250, detail: 500, log: 250, logBehind: 125, status: 10_000 } as const

/** Empty while the link is down. Things due at 0 are due at once. */
export function needsOf(view: View): readonly Need[] {
  if (view.link.state === 'down') return []
  const needs = [statusNeed(view), rowsNeed(view), logNeed(view.log), detailNeed(view)]
  return needs.flatMap(need =>
    need === null ? [] : [{ ...need, dueAt: Math.max(need.dueAt, view.quietUntil) }],
  )
}

function statusNeed(view: View): Need {
  // Asked for now and then even without a change: seats rest and wake by the clock alone.
  return { kind: 'status', dueAt: view.statusStale ? 0 : view.statusAt + refreshMs.status }
}

function rowsNeed(view: View): Need | null {
  const { table } = view
  const height = tableHeight(view.size, view.tier)
  const lastWanted = Math.min(table.top + height, table.matching)
  const isCovered = table.offset <= table.top && table.offset + table.rows.length >= lastWanted
  if (isCovered && table.asOf === view.changes) return null
  const offset = Math.max(0, table.top - height)
  const query = { filter: '', sort: 'attention', offset, count: 3 * height } as const
  // The same question again, or a mere refresh, may wait.
  const isRefresh = table.asOf >= 0 && (isCovered || (table.asOf === view.changes && table.offset === offset))
  const dueAt = isRefresh ? table.loadedAt + refreshMs.rows : 0
  return { kind: 'rows', query, asOf: view.changes, dueAt }
}

function logNeed(log: LogPane): Need | null {
  const { target, next } = log
  if (target === null) return null
  if (next === null) return { kind: 'log', target, from: -logTailBytes, dueAt: 0 }
  const isBehind = next < log.size
  if (!isBehind && !log.open) return null
  return {
    kind: 'log',
    target,
    from: next,
    dueAt: log.loadedAt + (isBehind ? refreshMs.logBehind : refreshMs.log),
  }
}

function detailNeed(view: View): Need | null {
  const { open } = view
  if (open === null || open.asOf === open.changes) return null
  return {
    kind: 'detail',
    task: open.row.id,
    asOf: open.changes,
    dueAt: open.asOf < 0 ? 0 : open.loadedAt + refreshMs.detail,
  }
}
