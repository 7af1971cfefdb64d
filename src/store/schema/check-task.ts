// Reads the bytes of a task file and says either what the task is or everything that is wrong with it. Only id
// and title are needed; the rest is filled in. Old status names are read; unknown fields stay where they stand.

import { newTask, type Task } from '../../core/model/task.js'
import { taskIdFlaw } from '../../core/model/task-id.js'
import type { EpochMs } from '../../core/model/time.js'
import type { TaskFile } from '../../core/schema/task.js'
import { orderTask } from '../task-codec.js'
import { explainErrors } from './explain-errors.js'
import { type Flaw, quoteValue } from './flaw.js'
import { lineOfPath } from './json-text.js'
import { readJson } from './read-json.js'
import { meetsSchema } from './validators.js'

/** Bytes of one task file; a bigger one is refused by its size alone. */
export const maxTaskFileBytes = 4 * 1024 * 1024

/** Status names of earlier formats and other tools. */
export const oldStatusNames: ReadonlyMap<string, 'ready' | 'completed'> = new Map([
  ['pending', 'ready'],
  ['claimed', 'ready'],
  ['open', 'ready'],
  ['done', 'completed'],
  ['closed', 'completed'],
])

export type TaskCheck =
  /** `normalised`: defaults were filled in or old names replaced, so the file's bytes are not those we would write. */
  | { readonly ok: true; readonly task: Task; readonly normalised: boolean }
  | { readonly ok: false; readonly flaws: readonly Flaw[] }

/**
 * `settled`: a hold is there exactly while the status is blocked. `edited`: a person may just have changed the
 * status, which is a command, so status and hold need not agree yet.
 */
export type HoldRule = 'settled' | 'edited'

/** `file` is the name shown in flaws; its last part must be the id. `at`, the file's own time, fills in missing times. */
export function checkTask(bytes: Buffer, file: string, at: EpochMs, rule: HoldRule = 'settled'): TaskCheck {
  const reading = readJson(bytes, file, maxTaskFileBytes)
  if (!reading.ok) return { ok: false, flaws: [reading.flaw] }
  const source = { file, text: reading.text }
  const checked = checkTaskValue(reading.value, source, at, rule)
  if (!checked.ok) return checked
  const name = file.slice(file.lastIndexOf('/') + 1)
  if (name !== `${checked.task.id}.json`) {
    const write = `${quoteValue(name.replace(/\.json$/, ''))}, for the file is called so`
    return { ok: false, flaws: [flawAt(source, 'id', quoteValue(checked.task.id), write)] }
  }
  return reading.hadMark ? { ...checked, normalised: true } : checked
}

/** The same for a value; `text` is what it was parsed from, or null if lines mean nothing to the reader. */
export function checkTaskValue(
  given: unknown,
  source: { readonly file: string; readonly text: string | null },
  at: EpochMs,
  rule: HoldRule = 'settled',
): TaskCheck {
  const value = withNewStatusName(given)
  if (!meetsSchema('task', value))
    return { ok: false, flaws: explainErrors('task', value, source.file, source.text) }
  const file = value as TaskFile
  const idFlaw = taskIdFlaw(file.id)
  if (idFlaw !== null)
    return {
      ok: false,
      flaws: [flawAt(source, 'id', quoteValue(file.id), `an id that can name a file: it ${idFlaw}`)],
    }
  const holdFlaw = rule === 'settled' ? holdFlawOf(file) : null
  if (holdFlaw !== null)
    return { ok: false, flaws: [flawAt(source, 'hold', quoteValue(file.hold ?? null), holdFlaw)] }
  const attempts = file.attempts ?? []
  const filled = newTask(file, at)
  const task = orderTask(filled, Object.keys(file), attempts.map(Object.keys))
  const wasWhole =
    Object.keys(task).length === Object.keys(file).length &&
    task.attempts.every((attempt, i) => Object.keys(attempt).length === Object.keys(attempts[i] ?? {}).length)
  return { ok: true, task, normalised: value !== given || !wasWhole }
}

function withNewStatusName(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('status' in value)) return value
  const status = oldStatusNames.get(String(value.status))
  return status === undefined ? value : { ...value, status }
}

function holdFlawOf(file: TaskFile): string | null {
  const isBlocked = file.status === 'blocked'
  const isHeld = (file.hold ?? null) !== null
  if (isBlocked === isHeld) return null
  return isBlocked
    ? 'an object with why, by, at, text while the status is blocked'
    : 'null unless the status is blocked'
}

function flawAt(
  source: { readonly file: string; readonly text: string | null },
  field: string,
  found: string,
  write: string,
): Flaw {
  const line = source.text === null ? null : lineOfPath(source.text, [field])
  return { file: source.file, line, field, found, write }
}
