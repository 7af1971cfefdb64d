// Does in the model what effects ask for, and posts what came of it. Before each step into the world it looks at
// the disk: what is done must be on record there first.

import type { Effect } from '../../../src/core/messages/effects.js'
import type { AttemptRef, GateVerdict } from '../../../src/core/messages/events.js'
import type { StopReason } from '../../../src/core/messages/verdict.js'
import { openAttempt, type Phase } from '../../../src/core/model/task.js'
import type { Tree } from '../world/machine.js'
import { collect } from './gather-facts.js'
import type { Orchestrator } from './orchestrator.js'
import { planAttempt } from './plan-attempt.js'

interface Running {
  readonly ref: AttemptRef
  stoppedFor: StopReason | null
  tree: Tree | null
}

type EffectOf<K extends Effect['kind']> = Extract<Effect, { kind: K }>

export class Performer {
  readonly #process: Orchestrator
  readonly #running = new Map<string, Running>()

  constructor(process: Orchestrator) {
    this.#process = process
  }

  perform(effect: Effect): void {
    switch (effect.kind) {
      case 'startAttempt':
        return this.#start(effect)
      case 'stopAttempt':
        return this.#stop(effect)
      case 'checkBaseline':
        return this.#checkBaseline()
      case 'gateWork':
        return this.#gate(effect)
      case 'landWork':
        return this.#land(effect)
      case 'wakeAt':
        return this.#process.wakeAt(effect.at)
      case 'endRun':
        return this.#process.runEnded(effect.end)
      case 'announce':
      case 'removeWorkspace':
      case 'reply':
        return
    }
  }

  /** Takes over a living agent of a dead orchestrator. */
  adopt(ref: AttemptRef): void {
    const { machine, disk } = this.#process.world
    const attempt = openAttempt(disk.branch.get(ref.task) ?? { attempts: [] })
    const tree = attempt === null ? undefined : machine.trees.get(attempt.mark)
    if (tree === undefined) throw new Error(`nothing to adopt of ${ref.task}`)
    const running: Running = { ref: { task: ref.task, n: ref.n }, stoppedFor: null, tree }
    this.#running.set(ref.task, running)
    this.#follow(running, tree)
  }

  #start(effect: EffectOf<'startAttempt'>): void {
    const { random } = this.#process.world
    const running: Running = { ref: { task: effect.task, n: effect.n }, stoppedFor: null, tree: null }
    this.#running.set(effect.task, running)
    this.#process.later(random.between(20, 400), () => this.#launch(effect, running))
  }

  #launch(effect: EffectOf<'startAttempt'>, running: Running): void {
    const { world } = this.#process
    if (running.stoppedFor !== null) return this.#gone(running, null)
    if (world.faulty() && world.random.chance(0.02)) {
      this.#running.delete(effect.task)
      return this.#process.postUnsurely({
        kind: 'attemptFailedToStart',
        ...running.ref,
        reason: 'spawn: EAGAIN',
      })
    }
    this.#onRecord(effect, 'agent', 'an agent was started')
    const task = world.disk.branch.get(effect.task)
    if (task === undefined) throw new Error(`${effect.task} was started and is not on record`)
    const plan = planAttempt(world, task, effect.n)
    const tree = world.machine.spawn(
      {
        mark: effect.mark,
        ...running.ref,
        seat: effect.seat,
        owner: this.#process.epoch,
        verdict: plan.verdict,
        work: plan.work,
      },
      plan.runsMs,
      plan.reaperDies,
    )
    running.tree = tree
    this.#process.post({ kind: 'attemptStarted', ...running.ref, baseCommit: world.repository.tip })
    this.#follow(running, tree)
    if (plan.fatAfterMs !== null)
      this.#process.later(plan.fatAfterMs, () =>
        this.#process.postUnsurely({ kind: 'agentOverMemory', ...running.ref, whose: plan.whose }),
      )
  }

  #follow(running: Running, tree: Tree): void {
    const process = this.#process
    const { machine, config } = process.world
    // It may have ended between being found alive and being watched.
    if (tree.living) machine.watch(tree.mark, () => this.#collectSoon(running, tree))
    else this.#collectSoon(running, tree)
    const watchClock = (): void => {
      if (this.#running.get(running.ref.task) !== running || running.stoppedFor !== null) return
      process.postUnsurely({ kind: 'attemptOverdue', ...running.ref, why: 'timeout' })
      process.later(60_000, watchClock)
    }
    process.later(config.limits.taskMs, watchClock)
  }

  #collectSoon(running: Running, tree: Tree): void {
    this.#process.later(this.#process.world.random.between(10, 300), () => this.#gone(running, tree))
  }

  #gone(running: Running, tree: Tree | null): void {
    if (this.#running.get(running.ref.task) !== running) return
    this.#running.delete(running.ref.task)
    const process = this.#process
    if (tree?.living) throw new Error(`${tree.task} was collected while its agent lives`)
    const verdict = tree?.exit ?? { ...nothingSaid, outcome: 'killed' as const, reason: 'lost' }
    const work = tree === null ? { commit: 'base', changed: false } : collect(process, tree)
    process.postUnsurely({
      kind: 'agentEnded',
      ...running.ref,
      verdict,
      stoppedFor: running.stoppedFor,
      work,
    })
  }

  #stop(effect: EffectOf<'stopAttempt'>): void {
    const running = this.#running.get(effect.task)
    if (running === undefined || running.ref.n !== effect.n) return
    running.stoppedFor ??= effect.why
    const { tree } = running
    if (tree === null) return
    const { machine, random } = this.#process.world
    this.#process.later(effect.now ? random.between(1, 50) : random.between(5, 10_000), () => {
      if (!tree.living) return
      if (this.#process.world.faulty() && random.chance(0.01))
        machine.getStuck(tree, random.between(1000, 1_800_000))
      if (!machine.kill(tree))
        this.#process.postUnsurely({ kind: 'agentUnkillable', ...running.ref, pids: [4242] })
    })
  }

  #checkBaseline(): void {
    const { random, config, redOnTip } = this.#process.world
    const gates = Object.fromEntries(
      config.gates.map(gate => [gate.name, redOnTip && gate.name === 'test' ? 'red' : 'green'] as const),
    )
    this.#process.later(random.between(100, 60_000), () =>
      this.#process.postUnsurely({ kind: 'baselineChecked', gates }),
    )
  }

  #gate(effect: EffectOf<'gateWork'>): void {
    const { repository, random } = this.#process.world
    this.#onRecord(effect, 'gates', 'gates were run')
    const merge = repository.merge(effect.commit)
    this.#process.later(random.between(100, 15_000), () => {
      const verdict: GateVerdict =
        merge.kind === 'conflict'
          ? { kind: 'conflict', files: [...merge.files] }
          : this.#verdictOn(effect, merge)
      this.#process.postUnsurely({ kind: 'workGated', task: effect.task, n: effect.n, verdict })
    })
  }

  #verdictOn(
    effect: EffectOf<'gateWork'>,
    merge: { readonly mergeCommit: string; readonly tree: string; readonly tip: string },
  ): GateVerdict {
    const { repository, random, config } = this.#process.world
    if (this.#process.world.faulty() && random.chance(0.02)) return { kind: 'infra', reason: 'disk full' }
    const bad = repository.works.get(effect.commit)?.bad === true
    const gates = config.gates.map(gate => ({
      name: gate.name,
      state: bad && gate.name === 'test' ? ('red' as const) : ('green' as const),
      tree: merge.tree,
      ms: 5,
    }))
    if (bad && effect.binding.includes('test'))
      return { kind: 'red', gate: 'test', reason: '1 of 9 failed', fingerprint: `red-${effect.task}`, gates }
    return { kind: 'green', mergeCommit: merge.mergeCommit, tree: merge.tree, tip: merge.tip, gates }
  }

  #land(effect: EffectOf<'landWork'>): void {
    const { repository, random, sabotage } = this.#process.world
    const ref = { task: effect.task, n: effect.n }
    this.#process.later(random.between(5, 60), () => {
      const attempt = this.#onRecord(effect, 'landing', 'the landing ref was moved')
      if (attempt.mergeCommit !== effect.mergeCommit)
        throw new Error(`${effect.task} lands ${effect.mergeCommit}, on record is ${attempt.mergeCommit}`)
      const refused = this.#process.world.faulty() && random.chance(0.01)
      if (refused || !repository.land(effect.mergeCommit, effect.expectedTip, sabotage.landBlindly === true))
        return this.#process.postUnsurely({ kind: 'landingRefused', ...ref, reason: 'the tip has moved' })
      this.#process.later(random.between(1, 40), () =>
        this.#process.postUnsurely({
          kind: 'workLanded',
          ...ref,
          commit: effect.mergeCommit,
          tree: repository.treeOf(effect.mergeCommit),
        }),
      )
    })
  }

  /** The attempt as the disk has it; it must be open and in this phase, on the branch and in the file. */
  #onRecord(ref: AttemptRef, phase: Phase, what: string) {
    const { branch, files } = this.#process.world.disk
    for (const [place, task] of [
      ['branch', branch.get(ref.task)],
      ['file', files.get(ref.task)],
    ] as const) {
      const attempt = task === undefined ? null : openAttempt(task)
      if (attempt?.n !== ref.n || attempt.phase !== phase)
        throw new Error(
          `${what} before it was durable: the ${place} of ${ref.task} has attempt ${attempt?.n} in ${attempt?.phase}, expected ${ref.n} in ${phase}`,
        )
      if (place === 'file') return attempt
    }
    throw new Error('unreachable')
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
