// How an agent will fare, drawn when it starts: what it will say, what it will leave, how long it takes.

import type { Verdict } from '../../../src/core/messages/verdict.js'
import type { Outcome, Task } from '../../../src/core/model/task.js'
import { verdict } from '../../core/given/happenings.js'
import { hotFiles } from '../world/backlog.js'
import type { Work } from '../world/repository.js'
import type { World } from '../world/world.js'

export interface Plan {
  readonly verdict: Verdict
  readonly work: Omit<Work, 'commit'> | null
  /** Null: it never ends by itself. */
  readonly runsMs: number | null
  readonly reaperDies: boolean
  readonly fatAfterMs: number | null
  readonly whose: 'own' | 'machine'
}

const stormy = {
  done: 64,
  empty: 3,
  task: 8,
  hang: 3,
  die: 4,
  lost: 1,
  limit: 3,
  provider: 4,
  auth: 0.2,
  infra: 2,
  question: 1,
  fat: 2,
}
const calm = {
  ...stormy,
  done: 85,
  empty: 1,
  hang: 0,
  die: 0,
  lost: 0,
  limit: 0,
  provider: 0,
  auth: 0,
  infra: 0,
  question: 0,
  fat: 0,
}

export function planAttempt(world: World, task: Task, n: number): Plan {
  const { random, clock, repository } = world
  const fate = random.weighted(world.faulty() ? stormy : calm)
  const changes = fate === 'done' || (fate !== 'empty' && random.chance(0.6))
  const files = [`src/${task.id}.ts`, ...(random.chance(0.15) ? [random.pick(hotFiles)] : [])]
  const bad = random.chance(0.06)
  const runsMs = random.between(2000, 600_000)
  return {
    verdict: said(
      outcomeOf(fate),
      fate === 'limit' && random.chance(0.7) ? clock.now + random.between(60_000, 7_200_000) : null,
      `${fate}-${task.id}`,
    ),
    work: changes ? { task: task.id, n, files, bad, base: repository.tip } : null,
    runsMs: fate === 'hang' ? null : runsMs,
    reaperDies: fate === 'lost',
    fatAfterMs: fate === 'fat' ? Math.floor(runsMs / 2) : null,
    whose: random.chance(0.5) ? 'own' : 'machine',
  }
}

function outcomeOf(fate: keyof typeof stormy): Outcome {
  switch (fate) {
    case 'empty':
    case 'hang':
    case 'lost':
    case 'fat':
      return 'done'
    case 'die':
      return 'killed'
    default:
      return fate
  }
}

function said(outcome: Outcome, resetAt: number | null, fingerprint: string): Verdict {
  const reason = outcome === 'done' ? null : `it said ${outcome}`
  return verdict(outcome, {
    reason,
    resetAt,
    fingerprint,
    sessionId: 'session',
    costUsd: 0.01,
    summary: 'as planned',
  })
}
