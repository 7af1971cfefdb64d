// `jetpack status`: the whole picture in a few lines.

import type { SeatView, StatusView } from '../../core/wire/views.js'
import { elapsed, sinceMs } from '../../tui/text/durations.js'
import { connectEngine } from '../open/connect.js'
import type { Surroundings } from '../open/surroundings.js'
import { countOf, plain, printJson, printLine } from '../print/print.js'
import { tableLines } from '../print/table.js'

export interface StatusOptions {
  readonly json?: true
}

export async function status(around: Surroundings, options: StatusOptions): Promise<number> {
  await using connection = await connectEngine(around, 'reading')
  const view = await connection.engine.status(around.signal)
  if (options.json) printJson(view)
  else for (const line of statusLines(view, around.columns)) printLine(line)
  return 0
}

export function statusLines(view: StatusView, columns: number | null): string[] {
  const lines = [runLine(view), countsLine(view)]
  if (view.landing.landed > 0 || view.landing.queued > 0) lines.push(landingLine(view))
  if (view.waitingFor !== null) lines.push(`Waiting: ${plain(view.waitingFor)}.`)
  if (view.needsYou > 0)
    lines.push(`${countOf(view.needsYou, 'task')} blocked: you are needed. \`jetpack list --status blocked\``)
  if (view.counts.failed > 0)
    lines.push(
      `${countOf(view.counts.failed, 'task')} failed: \`jetpack list --status failed\`, \`jetpack retry --failed\``,
    )
  const working = view.seats.filter(seat => seat.state !== 'idle')
  if (view.live && working.length > 0) lines.push('', ...seatLines(view.seats, view.at, columns))
  return lines
}

function runLine(view: StatusView): string {
  const simulated = view.simulated ? ' (the agents are simulated)' : ''
  const where = view.live ? '' : ' No orchestrator answers: read from files.'
  const { run } = view
  if (run === null) return `No run yet.${where}`
  const span = elapsed(sinceMs(run.startedAt, Date.parse(run.endedAt ?? view.at)) ?? 0)
  if (run.end !== null) return `Run ${run.id} ended after ${span}: ${run.end}${simulated}.${where}`
  const state = view.live ? run.state : 'has no end yet; `jetpack run` goes on with it'
  return `Run ${run.id}: ${state}, for ${span}${simulated}.${where}`
}

function countsLine({ counts }: StatusView): string {
  const parts = [
    `${counts.completed}/${counts.total} completed`,
    `${counts.in_progress} in progress`,
    `${counts.ready} ready`,
    `${counts.waiting} waiting`,
    `${counts.failed} failed`,
    `${counts.blocked} blocked`,
  ]
  if (counts.cancelled > 0) parts.push(`${counts.cancelled} cancelled`)
  return parts.join(' · ')
}

function landingLine({ landing }: StatusView): string {
  const behind =
    landing.behind === null || landing.behind === 0
      ? ''
      : `, ${countOf(landing.behind, 'commit')} behind${landing.why === null ? '' : `: ${plain(landing.why)}`}`
  return `${landing.branch}: ${landing.landed} landed in this run, ${landing.queued} on the way${behind}`
}

function seatLines(seats: readonly SeatView[], at: string, columns: number | null): string[] {
  const rows = seats.map(seat => [
    seat.name,
    seat.state,
    seat.task === null ? '-' : `${seat.task} #${seat.attempt ?? '?'}`,
    seat.since === null ? '-' : elapsed(sinceMs(seat.since, Date.parse(at)) ?? 0),
    seat.why ?? `${seat.done} done in ${countOf(seat.attempts, 'attempt')}`,
  ])
  return tableLines(['SEAT', 'STATE', 'TASK', 'SINCE', ''], rows, columns)
}
