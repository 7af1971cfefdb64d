// One decision under way: collects changes and effects, and applies each change to the board at once, so that
// later steps of the same decision see it.

import type { Board } from '../board/board.js'
import { evolve } from '../board/evolve.js'
import type { Change, ChangeNote } from '../messages/changes.js'
import type { Effect } from '../messages/effects.js'
import type { Occasion } from '../messages/events.js'
import type { Run } from '../model/run.js'
import { openAttempt, type Task, type TaskId } from '../model/task.js'
import { isoTime } from '../model/time.js'

export interface Decision {
  readonly changes: readonly Change[]
  /** To be performed in this order once all the changes are durable. */
  readonly effects: readonly Effect[]
}

export class Turn {
  readonly board: Board
  readonly occasion: Occasion
  readonly changes: Change[] = []
  readonly effects: Effect[] = []
  #ids = 0

  constructor(board: Board, occasion: Occasion) {
    this.board = board
    this.occasion = occasion
  }

  get at(): number {
    return this.occasion.at
  }

  /** An id that nobody has, derived from the event's. */
  newId(): string {
    this.#ids += 1
    return `${this.occasion.newId}${this.#ids.toString(36)}`
  }

  change(change: Change): void {
    this.changes.push(change)
    evolve(this.board, change)
  }

  effect(effect: Effect): void {
    this.effects.push(effect)
  }

  announce(level: 'info' | 'warning', text: string): void {
    this.effect({ kind: 'announce', level, text })
  }

  /** Saves the next revision of a task. The note's subject is made from the step that was taken. */
  saveTask(
    task: Task,
    step: Partial<Task>,
    note: { readonly reason?: string | null; readonly by?: string; readonly subject?: string },
  ): Task {
    const before = this.board.tasks.get(task.id)
    const next: Task = {
      ...task,
      ...step,
      rev: before === undefined ? task.rev : before.rev + 1,
      updatedAt: isoTime(this.at),
    }
    this.change({ kind: 'taskSaved', task: next, note: this.#noteOf(before, next, note) })
    return next
  }

  saveRun(run: Run, step: Partial<Run>, reason: string, by = 'jetpack'): Run {
    const next: Run = { ...run, ...step, rev: run.rev + 1 }
    const note: ChangeNote = {
      subject: `run ${run.id}: ${reason}`,
      task: null,
      from: null,
      to: null,
      seat: null,
      attempt: null,
      run: run.id,
      reason,
      by,
    }
    this.change({ kind: 'runSaved', run: next, note })
    return next
  }

  task(id: TaskId): Task | undefined {
    return this.board.tasks.get(id)
  }

  #noteOf(
    before: Task | undefined,
    next: Task,
    given: { readonly reason?: string | null; readonly by?: string; readonly subject?: string },
  ): ChangeNote {
    const attempt = openAttempt(next) ?? (before === undefined ? null : openAttempt(before))
    const phase = openAttempt(next)?.phase
    const to = phase === undefined || phase === 'agent' ? next.status : phase
    const beforePhase = before === undefined ? undefined : openAttempt(before)?.phase
    const from = beforePhase === undefined || beforePhase === 'agent' ? before?.status : beforePhase
    const step = from === undefined ? `added, ${to}` : from === to ? to : `${from} → ${to}`
    const seat = attempt?.seat ?? null
    const detail = attempt === null ? '' : ` (${attempt.seat}, attempt ${attempt.n})`
    return {
      subject: given.subject ?? `${next.id}: ${step}${detail}`,
      task: next.id,
      from: before?.status ?? null,
      to: next.status,
      seat,
      attempt: attempt?.n ?? null,
      run: this.board.run?.id ?? null,
      reason: given.reason ?? null,
      by: given.by ?? 'jetpack',
    }
  }
}
