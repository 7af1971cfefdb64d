// The one place where effects meet adapters. Each effect is started and never awaited by the loop; a fault is
// caught here, once, and becomes the event that `decide` knows for it.

import { unreachable } from '../../core/fault.js'
import type { Effect } from '../../core/messages/effects.js'
import type { EndState } from '../../core/model/run.js'
import type { AttemptRunner } from './attempt-runner.js'
import { baselineWorkspace } from './baseline-workspace.js'
import { checkBaseline, followAndClean, gateWork, landWork } from './landing-line.js'
import type { WorkContext } from './work-context.js'

export interface PerformParts {
  readonly context: WorkContext
  readonly runner: AttemptRunner
  readonly wakeAt: (at: number) => void
  readonly onLanded: (follow: { readonly behind: number; readonly why: string | null }) => void
  readonly onRunEnded: (end: EndState) => void
  /** A bug: not a fault of the world. The orchestrator ends and recovery does its work. */
  readonly onBug: (error: unknown) => void
}

export interface Performer {
  readonly perform: (effect: Effect) => void
  /** Resolves when no effect is under way any more. */
  readonly settled: () => Promise<void>
}

export function performer(parts: PerformParts): Performer {
  const underWay = new Set<Promise<void>>()
  return {
    perform: effect => {
      if (parts.context.signal.aborted) return
      const done = perform(parts, effect)
        .catch((error: unknown) => fail(parts, effect, error))
        .finally(() => underWay.delete(done))
      underWay.add(done)
    },
    settled: async () => {
      while (underWay.size > 0) await Promise.all(underWay)
    },
  }
}

function fail(parts: PerformParts, effect: Effect, error: unknown): void {
  // Whatever was under way when the orchestrator ends is for the next boot.
  if (parts.context.signal.aborted) return
  if (isBug(error)) parts.onBug(error)
  else postFailure(parts, effect, error instanceof Error ? error.message : String(error))
}

async function perform(parts: PerformParts, effect: Effect): Promise<void> {
  const { context, runner } = parts
  switch (effect.kind) {
    case 'startAttempt':
      return runner.start(effect)
    case 'stopAttempt':
      return runner.stop(effect)
    case 'checkBaseline':
      return context.post({
        kind: 'baselineChecked',
        gates: await checkBaseline(context, tip => baselineWorkspace(context, tip)),
      })
    case 'gateWork':
      return context.post({
        kind: 'workGated',
        task: effect.task,
        n: effect.n,
        verdict: await gateWork(context, effect),
      })
    case 'landWork': {
      const landed = await landWork(context, effect)
      const ref = { task: effect.task, n: effect.n }
      return context.post(
        typeof landed === 'string'
          ? { kind: 'landingRefused', ...ref, reason: landed }
          : { kind: 'workLanded', ...ref, ...landed },
      )
    }
    case 'removeWorkspace':
      return parts.onLanded(await followAndClean(context, effect.task))
    case 'wakeAt':
      return parts.wakeAt(effect.at)
    case 'announce':
      return context.announce(effect.level, effect.text)
    case 'endRun':
      return parts.onRunEnded(effect.end)
    case 'reply':
      // The loop answers commands itself.
      return
    default:
      unreachable(effect)
  }
}

/** Type and assertion errors are ours; everything else is the world's. */
function isBug(error: unknown): boolean {
  return error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError
}

function postFailure({ context }: PerformParts, effect: Effect, reason: string): void {
  switch (effect.kind) {
    case 'startAttempt':
      return context.post({ kind: 'attemptFailedToStart', task: effect.task, n: effect.n, reason })
    case 'gateWork':
      return context.post({
        kind: 'workGated',
        task: effect.task,
        n: effect.n,
        verdict: { kind: 'infra', reason },
      })
    case 'landWork':
      return context.post({ kind: 'landingRefused', task: effect.task, n: effect.n, reason })
    case 'checkBaseline':
      return context.post({
        kind: 'baselineChecked',
        gates: Object.fromEntries(
          context.config.gates.filter(gate => gate.required).map(gate => [gate.name, 'infra' as const]),
        ),
      })
    default:
      return context.post({ kind: 'effectFailed', effect: effect.kind, reason })
  }
}
