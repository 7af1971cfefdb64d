// How task files and run records are written: two-space JSON, keys in the order of the schema, unknown keys
// after the known key that they followed, a final newline. Encoding what was decoded gives the same bytes.

import type { Run } from '../core/model/run.js'
import { type Attempt, type Task, taskKeys } from '../core/model/task.js'

const attemptKeys = [
  'n',
  'phase',
  'seat',
  'executor',
  'model',
  'sessionId',
  'mark',
  'epoch',
  'startedAt',
  'endedAt',
  'outcome',
  'spent',
  'reason',
  'fingerprint',
  'summary',
  'baseCommit',
  'commit',
  'mergeCommit',
  'expectedTip',
  'costUsd',
  'tokens',
  'gates',
] as const satisfies readonly (keyof Attempt)[]

const runKeys = [
  'schema',
  'rev',
  'id',
  'startedAt',
  'startedBy',
  'endedAt',
  'end',
  'desired',
  'target',
  'seats',
  'baseline',
  'counts',
  'config',
] as const satisfies readonly (keyof Run)[]

/** The bytes of a task file. */
export function encodeTask(task: Task): Buffer {
  return encode(orderTask(task, Object.keys(task), task.attempts.map(Object.keys)))
}

/** The bytes of a run record. */
export function encodeRun(run: Run): Buffer {
  return encode(orderKeys(run, runKeys, Object.keys(run)))
}

/** `task` with its keys in canonical order; `found` is the order in which its file had them, `foundInAttempts` the same for each attempt. */
export function orderTask(
  task: Task,
  found: readonly string[],
  foundInAttempts: readonly (readonly string[])[],
): Task {
  const attempts = task.attempts.map((attempt, i) =>
    orderKeys(attempt, attemptKeys, foundInAttempts[i] ?? Object.keys(attempt)),
  )
  return orderKeys({ ...task, attempts }, taskKeys, found)
}

/** Known keys in their order, each unknown one after the known key that it followed in `found`. */
function orderKeys<Value extends object>(
  value: Value,
  known: readonly string[],
  found: readonly string[],
): Value {
  const followers = followersIn(found, known)
  const values = value as Readonly<Record<string, unknown>>
  const ordered: Record<string, unknown> = {}
  const putFollowers = (of: string | null): void => {
    for (const key of followers?.get(of) ?? []) {
      // Defined instead of assigned, so that a key "__proto__" stays plain data.
      Object.defineProperty(ordered, key, {
        value: values[key],
        enumerable: true,
        writable: true,
        configurable: true,
      })
    }
  }
  if (followers !== null) putFollowers(null)
  for (const key of known) {
    if (values[key] !== undefined) ordered[key] = values[key]
    if (followers !== null) putFollowers(key)
  }
  return ordered as Value
}

/** Unknown keys by the known key before them; null, the usual case, when there are none. */
function followersIn(
  found: readonly string[],
  known: readonly string[],
): ReadonlyMap<string | null, readonly string[]> | null {
  let followers: Map<string | null, string[]> | null = null
  let last: string | null = null
  for (const key of found) {
    if (known.includes(key)) {
      last = key
      continue
    }
    followers ??= new Map()
    followers.set(last, [...(followers.get(last) ?? []), key])
  }
  return followers
}

function encode(value: object): Buffer {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`, 'utf8')
}
