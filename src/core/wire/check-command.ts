// Turns what came over the wire into a command request, or says in one sentence what is wrong with it. It never throws, knows
// every command of the closed union (a missing one does not compile) and refuses keys it does not know: half an order is none.

import type { Command, CommandName, CommandRequest } from '../messages/commands.js'
import type { TaskId } from '../model/task.js'
import { taskIdFlaw } from '../model/task-id.js'
import type { TaskFile } from '../schema/task.js'

/** Most ids or tasks that one command names. */
export const commandItems = 100_000
/** Most characters of `by`, `requestId`, `to` and `source`. */
export const commandTextLength = 500
/** Largest command in bytes of JSON: an import of ten thousand tasks with long descriptions. */
export const commandBytes = 64 * 1024 * 1024

type Checked<T> = { readonly value: T } | { readonly flaw: string }
/** Checks `value`, which stands at `place`; undefined means that it is not there. */
type Check<T> = (value: unknown, place: string) => Checked<T>

const commands: { readonly [N in CommandName]: Check<Extract<Command, { name: N }>['args']> } = {
  add: shape({ task }),
  import: shape({ tasks: list(task), source: line, flawed: flag }),
  retry: shape({ ids: idsOrFailed }),
  reassign: shape({ ids: list(taskId), to: line }),
  kill: shape({ ids: list(taskId) }),
  pause: shape({}),
  resume: shape({}),
  stop: shape({ now: flag }),
}

/**
 * Reads `{ command: { name, args }, by, requestId }`, or the same with `name` and `args` beside `by`, which is easier to type.
 * `args` may be left out where it would be empty, switches where they are off. Of a task to add only `id` and `title` are
 * looked at: what else a task may hold is the engine's to say.
 */
export function parseCommandRequest(value: unknown): CommandRequest | { readonly flaw: string } {
  if (!isRecord(value)) return { flaw: `The request is ${show(value)}, expected an object.` }
  const { command = pick(value, ['name', 'args']), ...rest } = value
  const around = 'command' in value ? rest : omit(rest, ['name', 'args'])
  const asked = parseCommand(command)
  if ('flaw' in asked) return asked
  const who = shape({ by: line, requestId: line })(around, 'request')
  if ('flaw' in who) return who
  return { command: asked.value, ...who.value }
}

function parseCommand(value: unknown): Checked<Command> {
  if (!isRecord(value)) return flawOf('command', value, 'an object with "name" and "args"')
  const { name, args = {}, ...others } = value
  if (!isCommandName(name)) return flawOf('name', name, `one of ${Object.keys(commands).join(', ')}`)
  const unknown = Object.keys(others)[0]
  if (unknown !== undefined) return { flaw: `The command has an unknown field ${show(unknown)}.` }
  const checked = commands[name](args, 'args')
  // The table above ties each name to the check of its own arguments; the compiler cannot follow that through the lookup.
  return 'flaw' in checked ? checked : { value: { name, args: checked.value } as Command }
}

function isCommandName(name: unknown): name is CommandName {
  return typeof name === 'string' && Object.hasOwn(commands, name)
}

function shape<T extends object>(fields: { readonly [K in keyof T]-?: Check<T[K]> }): Check<T> {
  return (value, place) => {
    if (!isRecord(value)) return flawOf(place, value, 'an object')
    const unknown = Object.keys(value).find(key => !Object.hasOwn(fields, key))
    if (unknown !== undefined) return { flaw: `"${place}" has an unknown field ${show(unknown)}.` }
    const result: Partial<T> = {}
    for (const key of Object.keys(fields) as (keyof T & string)[]) {
      const checked = fields[key](Object.hasOwn(value, key) ? value[key] : undefined, `${place}.${key}`)
      if ('flaw' in checked) return checked
      result[key] = checked.value
    }
    return { value: result as T }
  }
}

function list<T>(item: Check<T>): Check<readonly T[]> {
  return (value, place) => {
    if (!Array.isArray(value)) return flawOf(place, value, 'a list')
    if (value.length > commandItems)
      return { flaw: `"${place}" has ${value.length} entries, at most ${commandItems} are taken at once.` }
    const items: T[] = []
    for (let i = 0; i < value.length; i += 1) {
      const checked = item(value[i], `${place}[${i}]`)
      if ('flaw' in checked) return checked
      items.push(checked.value)
    }
    return { value: items }
  }
}

function flag(value: unknown, place: string): Checked<boolean> {
  if (value === undefined) return { value: false }
  return typeof value === 'boolean' ? { value } : flawOf(place, value, 'true or false')
}

// These texts go into commit messages, where a line break could forge a trailer.
function line(value: unknown, place: string): Checked<string> {
  const fits =
    typeof value === 'string' && value.length <= commandTextLength && /^[^\p{Cc}\p{Zl}\p{Zp}]+$/u.test(value)
  return fits ? { value } : flawOf(place, value, `one line of 1 to ${commandTextLength} characters`)
}

function taskId(value: unknown, place: string): Checked<TaskId> {
  if (typeof value !== 'string') return flawOf(place, value, 'a task id')
  const flaw = taskIdFlaw(value)
  return flaw === null ? { value } : { flaw: `"${place}" is ${show(value)}; a task id ${flaw}.` }
}

function idsOrFailed(value: unknown, place: string): Checked<readonly TaskId[] | 'failed'> {
  if (value === 'failed') return { value }
  return Array.isArray(value)
    ? list(taskId)(value, place)
    : flawOf(place, value, 'a list of task ids or "failed"')
}

function task(value: unknown, place: string): Checked<TaskFile> {
  if (!isRecord(value)) return flawOf(place, value, 'a task')
  const { id, title } = value
  if (typeof id !== 'string') return flawOf(`${place}.id`, id, 'a text')
  if (typeof title !== 'string') return flawOf(`${place}.title`, title, 'a text')
  return { value: value as unknown as TaskFile }
}

function flawOf(place: string, found: unknown, expected: string): { readonly flaw: string } {
  return {
    flaw:
      found === undefined
        ? `"${place}" is missing, expected ${expected}.`
        : `"${place}" is ${show(found)}, expected ${expected}.`,
  }
}

/** A short picture of any value; must not throw, so it converts only what is known to convert. */
function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value)
  if (value === undefined) return 'missing'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function pick(value: Readonly<Record<string, unknown>>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([key]) => keys.includes(key)))
}

function omit(value: Readonly<Record<string, unknown>>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)))
}
