// What a boot finds out about every attempt that the record calls open: adopts or ends what lives, reads exit
// files, asks the landing ref. Takes time, in which the process may die again.

import type { AttemptFact } from '../../../src/core/messages/events.js'
import { type Attempt, openAttempt, type Task } from '../../../src/core/model/task.js'
import type { Tree } from '../world/machine.js'
import type { Orchestrator } from './orchestrator.js'

export function gatherFacts(
  process: Orchestrator,
  tasks: readonly Task[],
  done: (facts: readonly AttemptFact[]) => void,
): void {
  const { world } = process
  const open = tasks.flatMap(task => {
    const attempt = task.status === 'in_progress' ? openAttempt(task) : null
    return attempt === null ? [] : [{ task, attempt }]
  })
  refuseStrangers(process, new Set(open.map(each => each.attempt.mark)))
  const facts: AttemptFact[] = []
  // One after another: a crash in between leaves some ended and none of it on record.
  const next = (i: number): void => {
    const found = open[i]
    if (found === undefined) return done(facts)
    process.later(world.random.between(1, 300), () => {
      facts.push({ task: found.task.id, n: found.attempt.n, state: stateOf(process, found.attempt) })
      next(i + 1)
    })
  }
  next(0)
}

function stateOf(process: Orchestrator, attempt: Attempt): AttemptFact['state'] {
  const { machine, repository, random, sabotage, adopts } = process.world
  if (attempt.phase === 'landing') {
    const contained = attempt.mergeCommit !== null && repository.contains(attempt.mergeCommit)
    return {
      kind: 'landing',
      contained,
      tree: contained ? repository.treeOf(attempt.mergeCommit ?? '') : null,
    }
  }
  const tree = machine.trees.get(attempt.mark)
  if (attempt.phase === 'gates' || tree === undefined) return { kind: 'gone', verdict: null, work: null }
  if (tree.living && !sabotage.forgetTheLiving) {
    if (adopts && random.chance(0.8)) {
      tree.owner = process.epoch
      return { kind: 'adopted' }
    }
    if (!machine.kill(tree)) return { kind: 'unkillable', pids: [4242] }
  }
  return { kind: 'gone', verdict: tree.exit, work: collect(process, tree) }
}

/** Commits what the agent left in its workspace. */
export function collect(
  process: Orchestrator,
  tree: Tree,
): { readonly commit: string; readonly changed: boolean } | null {
  const { repository, random } = process.world
  if (process.world.faulty() && random.chance(0.005)) return null
  if (tree.work === null) return { commit: 'base', changed: false }
  return { commit: repository.leaveWork(tree.work).commit, changed: true }
}

/** A living tree that no open attempt on record owns was started before its attempt was durable, or outlived it. */
function refuseStrangers(process: Orchestrator, marks: ReadonlySet<string>): void {
  const { clock, machine } = process.world
  for (const tree of machine.living())
    if (!marks.has(tree.mark) && tree.stuckUntil <= clock.now)
      throw new Error(`the agent of ${tree.task}, attempt ${tree.n}, lives and is not on record`)
}
