// Finds out what became of every attempt that the record calls open: ends what still lives, reads what it left,
// commits its left-over work, and asks the landing ref. Only facts; `decide` settles them.

import { attemptFolder } from '../../core/layout.js'
import type { AttemptFact } from '../../core/messages/events.js'
import type { CollectedWork, Verdict } from '../../core/messages/verdict.js'
import { type Attempt, openAttempt, type Task } from '../../core/model/task.js'
import { endAttempt } from '../../exec/process/end-attempt.js'
import { readExit } from '../../exec/process/watch-exit.js'
import { isLanded } from '../../git/landing/land.js'
import { collectWork } from '../../git/workspace/collect-work.js'
import { interpret } from '../work/attempt-runner.js'
import type { WorkContext } from '../work/work-context.js'

/** Attempts looked into side by side. */
const parallel = 8

export async function gatherFacts(
  context: WorkContext,
  tasks: readonly Task[],
): Promise<readonly AttemptFact[]> {
  const open = tasks.flatMap(task => {
    const attempt = task.status === 'in_progress' ? openAttempt(task) : null
    return attempt === null ? [] : [{ task, attempt }]
  })
  const facts: AttemptFact[] = []
  for (let i = 0; i < open.length; i += parallel) {
    facts.push(
      ...(await Promise.all(
        open.slice(i, i + parallel).map(({ task, attempt }) => factOf(context, task, attempt)),
      )),
    )
  }
  return facts
}

async function factOf(context: WorkContext, task: Task, attempt: Attempt): Promise<AttemptFact> {
  const ref = { task: task.id, n: attempt.n }
  if (attempt.phase === 'landing') {
    const landed =
      attempt.mergeCommit === null
        ? null
        : await isLanded({
            repository: context.git,
            target: context.config.target.branch,
            commit: attempt.mergeCommit,
            signal: context.signal,
          })
    return { ...ref, state: { kind: 'landing', contained: landed !== null, tree: landed?.tree ?? null } }
  }
  const ended = await endAttempt({
    folder: attemptFolder(context.layout, task.id, attempt.n),
    mark: attempt.mark,
    graceMs: 0,
    signal: context.signal,
  })
  if (!ended.gone) return { ...ref, state: { kind: 'unkillable', pids: ended.pids } }
  if (attempt.phase === 'gates') return { ...ref, state: { kind: 'gone', verdict: null, work: null } }
  return {
    ...ref,
    state: {
      kind: 'gone',
      verdict: await ownAccount(context, task, attempt),
      work: await leftOver(context, task, attempt),
    },
  }
}

/** What the agent said, if it had ended by itself before we came; null when we or a crash ended it. */
async function ownAccount(context: WorkContext, task: Task, attempt: Attempt): Promise<Verdict | null> {
  const folder = attemptFolder(context.layout, task.id, attempt.n)
  const seat = context.config.seats.find(each => each.name === attempt.seat)
  const exit = await readExit(folder)
  return exit === null || exit.kind !== 'exited' || seat === undefined
    ? null
    : interpret(context, seat, folder, exit)
}

async function leftOver(context: WorkContext, task: Task, attempt: Attempt): Promise<CollectedWork | null> {
  if (attempt.baseCommit === null) return null
  const { git, layout, signal } = context
  return collectWork({
    repository: git,
    layout,
    id: task.id,
    title: task.title,
    n: attempt.n,
    seat: attempt.seat,
    baseCommit: attempt.baseCommit,
    tip: await context.tip(),
    signal,
  })
}
