// A night in mid-course, the same on every run: rows, status and views for the tests of the viewer.

import type { StatusView, TaskRow } from '../../../src/core/wire/views.js'
import type { Key } from '../../../src/tui/input/key-decoder.js'
import { type Message, newView, type View } from '../../../src/tui/model.js'
import { update } from '../../../src/tui/update.js'

export const sampleAt = Date.parse('2026-11-22T22:41:07.000Z')

export function ago(ms: number): string {
  return new Date(sampleAt - ms).toISOString()
}

export function taskRow(id: string, given: Partial<TaskRow> = {}): TaskRow {
  return {
    id,
    title: `title of ${id}`,
    status: 'ready',
    why: null,
    waiting: false,
    priority: 'medium',
    type: 'task',
    seat: null,
    phase: null,
    attempts: 0,
    counted: 0,
    maxAttempts: 3,
    since: ago(720_000),
    costUsd: null,
    rev: 1,
    ...given,
  }
}

const running = { status: 'in_progress', phase: 'agent', attempts: 1 } as const

export const sampleRows: readonly TaskRow[] = [
  taskRow('E1-T9', {
    title: 'choose retention for the mail archive',
    status: 'blocked',
    why: 'question: keep mail 30 or 90 days?',
    attempts: 1,
    since: ago(420_000),
  }),
  taskRow('E1-T4', {
    title: 'migrate the lease table to WAL mode',
    status: 'failed',
    why: 'attempts used up: SQLITE_BUSY in lease.test.ts',
    priority: 'critical',
    attempts: 3,
    counted: 3,
    since: ago(2_520_000),
  }),
  taskRow('E1-T2', {
    ...running,
    title: 'dependency tree: collapse done branches',
    seat: 'claude-1',
    priority: 'high',
    since: ago(1_140_000),
  }),
  taskRow('E1-T5', {
    ...running,
    title: '料金の表示 cost gauge',
    seat: 'codex-1',
    phase: 'gates',
    since: ago(42_000),
  }),
  taskRow('E1-T6', { title: 'docs: key map page' }),
  taskRow('E1-T7', { title: 'release notes', waiting: true, why: 'needs E1-T2, E1-T5', priority: 'low' }),
  taskRow('E1-T1', {
    title: 'atomic state snapshot',
    status: 'completed',
    attempts: 2,
    counted: 1,
    since: ago(7_320_000),
  }),
]

export function sampleStatus(given: Partial<StatusView> = {}): StatusView {
  return {
    schema: 'jetpack.status/1',
    live: true,
    at: new Date(sampleAt).toISOString(),
    repository: 'loan-system',
    epoch: 3,
    seq: 40,
    simulated: false,
    run: {
      id: 'night-1122',
      state: 'running',
      startedAt: ago(22_320_000),
      endedAt: null,
      end: null,
      paused: false,
      stopping: false,
    },
    counts: {
      total: 7,
      ready: 1,
      waiting: 1,
      in_progress: 2,
      completed: 1,
      failed: 1,
      blocked: 1,
      cancelled: 0,
    },
    seats: [
      seat('claude-1', 'E1-T2', 1_140_000),
      seat('codex-1', 'E1-T5', 42_000),
      seat('sim-1', null, 10_000),
    ],
    landing: { branch: 'jetpack-night', tip: null, landed: 1, queued: 1, behind: 0, why: null },
    needsYou: 1,
    waitingFor: null,
    ...given,
  }
}

function seat(name: string, task: string | null, sinceMs: number): StatusView['seats'][number] {
  const executor = name.replace(/-\d+$/, '')
  return {
    name,
    executor,
    provider: executor,
    state: task === null ? 'idle' : 'busy',
    task,
    attempt: task === null ? null : 1,
    since: ago(sinceMs),
    why: null,
    attempts: 4,
    done: 3,
  }
}

/** A view that has just been told all of the sample. */
export function sampleView(
  columns: number,
  rows: number,
  given: {
    readonly charset?: 'unicode' | 'ascii'
    readonly mode?: 'attach' | 'demo'
    readonly all?: readonly TaskRow[]
  } = {},
): View {
  const all = given.all ?? sampleRows
  const opened = newView({
    mode: given.mode ?? 'attach',
    charset: given.charset ?? 'unicode',
    size: { columns, rows },
    at: sampleAt,
  })
  const page = {
    schema: 'jetpack.tasks/1',
    total: all.length,
    matching: all.length,
    offset: 0,
    rows: all,
  } as const
  return told(opened, [
    { kind: 'statusLoaded', status: sampleStatus(), at: sampleAt },
    { kind: 'rowsLoaded', page, asOf: 0, at: sampleAt },
    {
      kind: 'logLoaded',
      target: { task: 'E1-T5', attempt: 1 },
      chunk: {
        schema: 'jetpack.log/1',
        task: 'E1-T5',
        attempt: 1,
        from: 0,
        next: 60,
        size: 60,
        text: 'edit src/gauge.ts +41 -12\n\u001b[32mok\u001b[m   18 passed\nrunning lint',
        open: true,
      },
      at: sampleAt,
    },
  ])
}

export function told(view: View, messages: readonly Message[]): View {
  return messages.reduce((now, message) => update(now, message).view, view)
}

export function keyOf(name: string): Key {
  const ctrl = name.startsWith('ctrl-')
  return { name: ctrl ? name.slice(5) : name, ctrl, text: name.length === 1 ? name : null }
}

/** The view after these keys, each a second after the last; "j k enter". */
export function pressed(view: View, names: string): View {
  return names
    .split(' ')
    .reduce((now, name) => update(now, { kind: 'key', key: keyOf(name), at: now.at + 1000 }).view, view)
}
