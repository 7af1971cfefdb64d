// Which steps a task may take, written down apart from the code that takes them: properties and simulator check
// every recorded change against it.

import { openAttempt, type Task } from '../../../src/core/model/task.js'

const legal: Readonly<Record<string, readonly string[]>> = {
  ready: ['ready', 'agent', 'failed'],
  agent: ['agent', 'gates', 'ready', 'failed', 'blocked'],
  gates: ['gates', 'landing', 'ready', 'failed', 'blocked'],
  landing: ['landing', 'gates', 'completed'],
  failed: ['failed', 'ready'],
  blocked: ['blocked', 'ready'],
  cancelled: ['cancelled', 'ready'],
  completed: ['completed'],
  // A record that no version of ours writes; boot mends it.
  'in_progress without attempt': ['ready', 'in_progress without attempt'],
}

export function stateOf(task: Task): string {
  if (task.status !== 'in_progress') return task.status
  return openAttempt(task)?.phase ?? 'in_progress without attempt'
}

/** Why `next` may not follow `before`; null when it may. `before` is undefined for a new task. */
export function illegalStep(before: Task | undefined, next: Task): string | null {
  const open = next.attempts.filter(attempt => attempt.outcome === null)
  if (open.length > 1) return `${next.id} has ${open.length} open attempts`
  if ((open.length === 1) !== (next.status === 'in_progress') && before !== undefined)
    return `${next.id} is ${next.status} with ${open.length} open attempts`
  if ((next.hold !== null) !== (next.status === 'blocked'))
    return `${next.id} is ${next.status}, hold ${next.hold?.why}`
  if ((next.result !== null) !== (next.status === 'completed'))
    return `${next.id} is ${next.status}, result ${next.result?.kind}`
  if (before === undefined) return null
  if (next.rev !== before.rev + 1) return `${next.id}: rev ${before.rev} → ${next.rev}`
  const [from, to] = [stateOf(before), stateOf(next)]
  if (!(legal[from] ?? []).includes(to)) return `${next.id}: ${from} → ${to}`
  return illegalAttempts(before, next)
}

function illegalAttempts(before: Task, next: Task): string | null {
  const started = next.attempts.length - before.attempts.length
  if (started !== 0 && !(started === 1 && stateOf(next) === 'agent' && stateOf(before) === 'ready'))
    return `${next.id}: ${before.attempts.length} attempts became ${next.attempts.length}`
  for (const [i, attempt] of before.attempts.entries()) {
    const now = next.attempts[i]
    if (now?.n !== attempt.n || now.mark !== attempt.mark)
      return `${next.id}: attempt ${attempt.n} was renumbered`
    if (attempt.outcome !== null && now !== attempt && JSON.stringify(now) !== JSON.stringify(attempt))
      return `${next.id}: closed attempt ${attempt.n} was changed`
  }
  const ns = next.attempts.map(attempt => attempt.n)
  return new Set(ns).size === ns.length ? null : `${next.id}: two attempts have one number`
}
