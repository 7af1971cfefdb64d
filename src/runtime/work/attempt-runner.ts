// Carries one attempt from an empty workspace to collected work: prepare, prompt, launch, watch, collect. What
// happened is posted as events; what it means is decided elsewhere.

import { attemptFolder } from '../../core/layout.js'
import type { Effect } from '../../core/messages/effects.js'
import type { AttemptRef } from '../../core/messages/events.js'
import type { CollectedWork, Exit, StopReason, Verdict } from '../../core/messages/verdict.js'
import type { Seat } from '../../core/model/config.js'
import { type Attempt, openAttempt, type Task } from '../../core/model/task.js'
import { findExecutor } from '../../exec/executors/find-executor.js'
import { promptFor } from '../../exec/executors/prompt.js'
import type { AttemptControl } from '../../exec/process/attempt-control.js'
import { endAttempt } from '../../exec/process/end-attempt.js'
import { launchAttempt } from '../../exec/process/launch-attempt.js'
import { waitForExit } from '../../exec/process/watch-exit.js'
import { collectWork } from '../../git/workspace/collect-work.js'
import { prepareWorkspace } from '../../git/workspace/prepare-workspace.js'
import { capOutput } from './cap-output.js'
import { furnishWorkspace } from './furnish-workspace.js'
import { lastFailureOf } from './last-failure.js'
import { watchOverdue } from './watch-overdue.js'
import type { WorkContext } from './work-context.js'

/** Time between the soft stop and the kill. */
export const graceMs = 10_000
/** Without an owner a reaper ends its tree after this time. */
export const adoptSeconds = 120

interface Running {
  readonly ref: AttemptRef
  readonly mark: string
  stoppedFor: StopReason | null
  control: AttemptControl | null
}

type Start = Extract<Effect, { kind: 'startAttempt' }>
type Stop = Extract<Effect, { kind: 'stopAttempt' }>

export class AttemptRunner implements AsyncDisposable {
  readonly #context: WorkContext
  readonly #running = new Map<string, Running>()

  constructor(context: WorkContext) {
    this.#context = context
  }

  /** Ends when the attempt has ended and its work is collected. Faults before the launch are the caller's to post. */
  async start(effect: Start): Promise<void> {
    const { task, attempt, seat } = this.#find(effect)
    const running: Running = {
      ref: { task: effect.task, n: effect.n },
      mark: effect.mark,
      stoppedFor: null,
      control: null,
    }
    this.#running.set(effect.task, running)
    try {
      const baseCommit = await this.#launch(effect, running, task, attempt, seat)
      if (baseCommit !== null) await this.#follow(running, task, seat, attempt, baseCommit)
    } finally {
      this.#running.delete(effect.task)
      await running.control?.[Symbol.asyncDispose]()
    }
  }

  /** Records the reason first, so that the end is not taken for the agent's own doing. */
  async stop(effect: Stop): Promise<void> {
    const running = this.#running.get(effect.task)
    if (running === undefined || running.ref.n !== effect.n) return
    running.stoppedFor ??= effect.why
    if (running.control === null) return
    await this.#end(running, effect.now ? 0 : graceMs)
  }

  /** Leaves the agents alone: whoever comes next ends or adopts them. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#running.values()].map(running => running.control?.[Symbol.asyncDispose]()))
  }

  /** The commit that the attempt starts from; null when it was stopped before its agent started. */
  async #launch(
    effect: Start,
    running: Running,
    task: Task,
    attempt: Attempt,
    seat: Seat,
  ): Promise<string | null> {
    const { git, layout, signal, config } = this.#context
    const workspace = await prepareWorkspace({
      repository: git,
      layout,
      id: task.id,
      n: effect.n,
      tip: await this.#context.tip(),
      fresh: effect.fresh,
      signal,
    })
    if (workspace.how !== 'continued')
      await furnishWorkspace(this.#context, workspace.folder, attemptFolder(layout, task.id, effect.n))
    if (running.stoppedFor !== null) {
      this.#postEnd(
        running,
        { ...nothingSaid, outcome: 'stopped' },
        { commit: workspace.baseCommit, changed: false },
      )
      return null
    }
    const folder = attemptFolder(layout, task.id, effect.n)
    const plan = findExecutor(seat.executor).plan({
      task,
      n: effect.n,
      seat,
      workspace: workspace.folder,
      runId: this.#context.runId,
      mark: effect.mark,
      promptFile: `${folder}/prompt.md`,
      socketPath: this.#context.socketPath,
      token: effect.mark,
      sessionId: effect.sessionId,
      packageRoot: this.#context.packageRoot,
    })
    const prompt = promptFor({
      task,
      n: effect.n,
      dependencies: this.#context.dependenciesOf(task),
      lastFailure: await lastFailureOf(layout, task),
    })
    const launched = await launchAttempt(
      {
        folder,
        cwd: workspace.folder,
        argv: plan.argv,
        env: { ...this.#context.baseEnv, ...plan.env },
        prompt,
        mark: effect.mark,
        epoch: attempt.epoch,
        adoptSeconds,
      },
      signal,
    )
    running.control = launched.control
    this.#context.post({ kind: 'attemptStarted', ...running.ref, baseCommit: workspace.baseCommit })
    // Asked to stop while the launch was under way.
    if (running.stoppedFor !== null) await this.#end(running, 0)
    else if (config.limits.taskMs > 0) this.#watch(running, task)
    return workspace.baseCommit
  }

  async #follow(
    running: Running,
    task: Task,
    seat: Seat,
    attempt: Attempt,
    baseCommit: string,
  ): Promise<void> {
    const { layout, signal } = this.#context
    const folder = attemptFolder(layout, task.id, running.ref.n)
    await using _capped = capOutput(folder, error =>
      this.#context.announce('warning', `${task.id}: its output cannot be cut to size: ${String(error)}`),
    )
    const exit = await waitForExit(folder, { signal })
    if (exit.kind === 'lost') await this.#end(running, 0)
    const verdict = await interpret(this.#context, seat, folder, exit)
    const work = await collectWork({
      repository: this.#context.git,
      layout,
      id: task.id,
      title: task.title,
      n: running.ref.n,
      seat: attempt.seat,
      baseCommit,
      tip: await this.#context.tip(),
      signal,
    })
    if (work.unreadable !== null)
      this.#context.announce(
        'warning',
        `${task.id}: git could not read ${work.unreadable}; it is not in the work`,
      )
    this.#postEnd(running, verdict, work)
  }

  #watch(running: Running, task: Task): void {
    const { config, layout } = this.#context
    const taskMs =
      task.limits.timeoutMinutes === undefined ? config.limits.taskMs : task.limits.timeoutMinutes * 60_000
    watchOverdue({
      folder: attemptFolder(layout, task.id, running.ref.n),
      taskMs,
      stallMs: config.limits.stallMs,
      isOver: () => this.#running.get(running.ref.task) !== running || running.stoppedFor !== null,
      signal: this.#context.signal,
      onOverdue: why => this.#context.post({ kind: 'attemptOverdue', ...running.ref, why }),
    })
  }

  async #end(running: Running, grace: number): Promise<void> {
    const folder = attemptFolder(this.#context.layout, running.ref.task, running.ref.n)
    const ended = await endAttempt({
      folder,
      mark: running.mark,
      graceMs: grace,
      signal: this.#context.signal,
    })
    if (!ended.gone) this.#context.post({ kind: 'agentUnkillable', ...running.ref, pids: ended.pids })
  }

  #postEnd(running: Running, verdict: Verdict, work: CollectedWork | null): void {
    this.#context.post({ kind: 'agentEnded', ...running.ref, verdict, stoppedFor: running.stoppedFor, work })
  }

  #find(effect: Start): { readonly task: Task; readonly attempt: Attempt; readonly seat: Seat } {
    const task = this.#context.task(effect.task)
    const attempt = task === undefined ? null : openAttempt(task)
    const seat = this.#context.config.seats.find(each => each.name === effect.seat)
    if (task === undefined || attempt === null || seat === undefined)
      throw new Error(`No open attempt of ${effect.task} on ${effect.seat}`)
    return { task, attempt, seat }
  }
}

const nothingSaid = {
  reason: null,
  fingerprint: null,
  resetAt: null,
  sessionId: null,
  costUsd: null,
  tokens: null,
  summary: null,
} as const

/** What the executor makes of the agent's output and exit status. */
export async function interpret(
  context: { readonly now: () => number },
  seat: Seat,
  folder: string,
  exit: Exit,
): Promise<Verdict> {
  return findExecutor(seat.executor).interpret(
    { outFile: `${folder}/out.jsonl`, errFile: `${folder}/err.log` },
    exit,
    context.now(),
  )
}
