// `jetpack add TITLE`: one task, written like every change.

import { JetpackError } from '../../core/fault.js'
import type { Priority } from '../../core/model/task.js'
import { taskIdFlaw } from '../../core/model/task-id.js'
import type { TaskFile } from '../../core/schema/task.js'
import type { Engine } from '../../core/wire/engine.js'
import { checkTaskValue } from '../../store/schema/check-task.js'
import { flawSentence } from '../../store/schema/flaw.js'
import { connectEngine } from '../open/connect.js'
import type { Surroundings } from '../open/surroundings.js'
import { allTasks } from '../read/list.js'
import { ask, printReply } from '../steer/send.js'

export interface AddOptions {
  readonly id?: string
  readonly description?: string
  readonly depends?: readonly string[]
  readonly tag?: readonly string[]
  readonly skill?: readonly string[]
  readonly type?: string
  readonly priority?: Priority
  readonly command?: string
  readonly agent?: string
  readonly json?: true
}

export async function add(around: Surroundings, title: string, options: AddOptions): Promise<number> {
  // A made-up id must not hide that the title is empty.
  requireSound({ ...taskFrom(options.id ?? 'new', title.trim(), options) })
  await using connection = await connectEngine(around, 'commands')
  const id = options.id ?? (await freeId(connection.engine, title, around.signal))
  const task = taskFrom(id, title.trim(), options)
  printReply(await ask(connection.engine, around, { name: 'add', args: { task } }), options)
  return 0
}

function taskFrom(id: string, title: string, options: AddOptions): TaskFile {
  return {
    id,
    title,
    ...(options.description === undefined ? {} : { description: options.description }),
    ...(options.depends === undefined ? {} : { dependencies: [...options.depends] }),
    ...(options.tag === undefined ? {} : { tags: [...options.tag] }),
    ...(options.skill === undefined ? {} : { requiredSkills: [...options.skill] }),
    ...(options.type === undefined ? {} : { type: options.type }),
    ...(options.priority === undefined ? {} : { priority: options.priority }),
    ...(options.command === undefined ? {} : { command: options.command }),
    ...(options.agent === undefined ? {} : { agent: pinFor(options.agent) }),
  }
}

/** Seats are numbered, executors are not. */
function pinFor(name: string): { seat: string } | { executor: string } {
  return /-\d+$/.test(name) ? { seat: name } : { executor: name }
}

function requireSound(task: TaskFile): void {
  const idFlaw = taskIdFlaw(task.id)
  if (idFlaw !== null) {
    const message = `Cannot add the task: the id ${JSON.stringify(task.id.slice(0, 140))} ${idFlaw}.`
    throw new JetpackError('task_invalid', message, 'Choose another --id.')
  }
  const check = checkTaskValue(task, { file: 'the task', text: null }, Date.now())
  if (check.ok) return
  const message = `Cannot add the task: ${check.flaws.map(flawSentence).join('; ')}.`
  throw new JetpackError('task_invalid', message, '`jetpack add --help` shows what can be given.')
}

const maxSlugLength = 48
/** Numbers tried behind a slug that is taken. */
const maxNumber = 10_000

/** "Fix the login page!" → `fix-the-login-page`, or `fix-the-login-page-2` when that is taken. */
async function freeId(engine: Engine, title: string, signal: AbortSignal): Promise<string> {
  const { rows } = await allTasks(engine, { filter: '', sort: 'id' }, signal)
  const taken = new Set(rows.map(row => row.id.toLowerCase()))
  const slug = slugOf(title)
  for (let n = 1; n <= maxNumber; n += 1) {
    const id = n === 1 ? slug : `${slug}-${n}`
    if (!taken.has(id)) return id
  }
  throw new JetpackError(
    'task_exists',
    `Cannot add the task: every id from "${slug}" on is taken.`,
    'Choose one with --id.',
  )
}

function slugOf(title: string): string {
  const words = title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
  const slug = words.slice(0, maxSlugLength).replace(/^-+|-+$/g, '')
  return taskIdFlaw(slug) === null ? slug : `task-${slug}`.replace(/-$/, '')
}
