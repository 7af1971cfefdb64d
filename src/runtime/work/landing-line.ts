// Gates and landing of one task: merge with the tip in memory, check the merged tree in the task's own workspace,
// swap the landing ref, let the target branch follow.

import { attemptFolder } from '../../core/layout.js'
import type { Effect } from '../../core/messages/effects.js'
import type { GateVerdict } from '../../core/messages/events.js'
import type { GateSpec } from '../../core/model/config.js'
import type { GateResult } from '../../core/model/task.js'
import { runGate } from '../../exec/gates/run-gate.js'
import { messageOf } from '../../git/branch/commit-message.js'
import { followTarget } from '../../git/landing/follow-target.js'
import { land } from '../../git/landing/land.js'
import { mergeWork } from '../../git/landing/merge-work.js'
import { checkoutMerged, checkoutWork } from '../../git/workspace/checkout.js'
import { removeWorkspace } from '../../git/workspace/remove-workspace.js'
import { gateOutputFile } from './last-failure.js'
import type { WorkContext } from './work-context.js'

type GateWork = Extract<Effect, { kind: 'gateWork' }>
type LandWork = Extract<Effect, { kind: 'landWork' }>

export async function gateWork(context: WorkContext, effect: GateWork): Promise<GateVerdict> {
  const { git, layout, signal } = context
  const task = context.task(effect.task)
  if (task === undefined) throw new Error(`No task ${effect.task} to gate`)
  const tip = await context.tip()
  const message = messageOf(`${task.id}: ${task.title}`, [
    ['Task', task.id],
    ['Attempt', effect.n],
  ])
  const merged = await mergeWork({ repository: git, commit: effect.commit, tip, message, signal })
  if (merged.kind === 'conflict') return { kind: 'conflict', files: merged.files }
  const { mergeCommit, tree } = merged
  const required = context.config.gates.filter(gate => gate.required)
  if (required.length === 0) return { kind: 'green', mergeCommit, tree, tip, gates: [] }
  const folder = await checkoutMerged({ repository: git, layout, id: task.id, mergeCommit, signal })
  const verdict = await checkTree(context, {
    folder,
    attempt: attemptFolder(layout, task.id, effect.n),
    tree,
    gates: required,
    binding: effect.binding,
  })
  if (verdict.kind === 'green') return { kind: 'green', mergeCommit, tree, tip, gates: verdict.gates }
  await checkoutWork({ repository: git, layout, id: task.id, signal })
  return verdict
}

type TreeVerdict =
  | { readonly kind: 'green'; readonly gates: readonly GateResult[] }
  | Extract<GateVerdict, { kind: 'red' | 'infra' }>

interface TreeCheck {
  readonly folder: string
  readonly attempt: string
  readonly tree: string
  readonly gates: readonly GateSpec[]
  readonly binding: readonly string[]
}

/** Stops at the first binding gate that is not green; the others only tell. */
async function checkTree(context: WorkContext, check: TreeCheck): Promise<TreeVerdict> {
  const results: GateResult[] = []
  for (const gate of check.gates) {
    const run = await runGate({
      gate,
      cwd: check.folder,
      env: context.baseEnv,
      timeoutMs: context.config.gateTimeoutMs,
      outFile: gateOutputFile(check.attempt, gate.name),
      signal: context.signal,
    })
    results.push({ name: gate.name, state: run.state, tree: check.tree, ms: run.ms })
    if (!check.binding.includes(gate.name) || run.state === 'green') continue
    const reason = run.reason ?? `${gate.name} is ${run.state}`
    if (run.state === 'infra') return { kind: 'infra', reason: `gate "${gate.name}" did not run: ${reason}` }
    return { kind: 'red', gate: gate.name, reason, fingerprint: run.fingerprint ?? gate.name, gates: results }
  }
  return { kind: 'green', gates: results }
}

/** The commit and tree that landed; a string says why nothing was moved. */
export async function landWork(
  context: WorkContext,
  effect: LandWork,
): Promise<{ readonly commit: string; readonly tree: string } | string> {
  const { git, config, signal } = context
  const landed = await land({
    repository: git,
    target: config.target.branch,
    mergeCommit: effect.mergeCommit,
    expectedTip: effect.expectedTip,
    taskId: effect.task,
    n: effect.n,
    signal,
  })
  return landed.kind === 'refused' ? landed.reason : { commit: effect.mergeCommit, tree: landed.tree }
}

/** State of each required gate on the landing tip, in a workspace made for it. */
export async function checkBaseline(
  context: WorkContext,
  workspace: (tip: string) => Promise<AsyncDisposable & { readonly folder: string }>,
): Promise<Record<string, GateResult['state']>> {
  const tip = await context.tip()
  await using place = await workspace(tip)
  const states: Record<string, GateResult['state']> = {}
  for (const gate of context.config.gates.filter(each => each.required)) {
    const run = await runGate({
      gate,
      cwd: place.folder,
      env: context.baseEnv,
      timeoutMs: context.config.gateTimeoutMs,
      outFile: gateOutputFile(context.layout.journal, `baseline-${gate.name}`),
      signal: context.signal,
    })
    states[gate.name] = run.state
  }
  return states
}

export async function followAndClean(
  context: WorkContext,
  id: string,
): Promise<{ readonly behind: number; readonly why: string | null }> {
  const { git, layout, config, signal } = context
  const follow = await followTarget({ repository: git, target: config.target.branch, signal })
  await removeWorkspace({ repository: git, layout, id, target: config.target.branch, signal })
  return follow
}
