// New tasks, one or many. Flawed graphs are refused on `add` and on import unless it says that it may be partial.

import { describeGraphFlaws, findGraphFlaws, type GraphFlaws } from '../../board/graph-flaws.js'
import type { Command, CommandReply, CommandRequest } from '../../messages/commands.js'
import type { Task, TaskId } from '../../model/task.js'
import { taskIdFlaw } from '../../model/task-id.js'
import type { TaskFile } from '../../schema/task.js'
import type { Turn } from '../turn.js'
import { admitTask } from './admit-task.js'
import { countOf, done, refused } from './answer.js'

/** Flaws that one refusal names; more are counted. */
const namedFlaws = 5

export function addTask(turn: Turn, request: CommandRequest, given: TaskFile): CommandReply {
  const flaw = taskIdFlaw(given.id)
  if (flaw !== null)
    return refused(request, `Cannot add the task: id "${given.id}" ${flaw}.`, null, 'invalid')
  const twin = idsByFold(turn).get(given.id.toLowerCase())
  if (twin !== undefined)
    return refused(
      request,
      `Cannot add the task: id "${given.id}" is taken by "${twin}".`,
      'Choose another --id; ids are unique ignoring case.',
    )
  const task = admitTask({ ...given, rev: 1 }, turn.at, request.by)
  const flaws = flawsWith(turn, [task])
  if (flaws.length > 0)
    return refused(
      request,
      `Cannot add the task: ${flaws.join('; ')}.`,
      'Name only tasks that exist, without a cycle.',
      'invalid',
    )
  turn.saveTask(task, {}, { by: request.by, reason: 'added' })
  return done(request, `${task.id} added.`, [task.id])
}

export function importTasks(
  turn: Turn,
  request: CommandRequest,
  args: Extract<Command, { name: 'import' }>['args'],
): CommandReply {
  const here = idsByFold(turn)
  const fresh = args.tasks.filter(task => !here.has(task.id.toLowerCase()))
  const present = args.tasks.length - fresh.length
  const flaw = idFlawIn(fresh)
  if (flaw !== null) return refused(request, `Cannot import ${args.source}: ${flaw}.`, null, 'invalid')
  const tasks = fresh.map(task => admitTask({ ...task, rev: 1 }, turn.at, request.by))
  const flaws = flawsWith(turn, tasks)
  if (flaws.length > 0 && !args.flawed) {
    const named = flaws.slice(0, namedFlaws).join('; ')
    const more = flaws.length > namedFlaws ? `; and ${flaws.length - namedFlaws} more` : ''
    return refused(
      request,
      `Cannot import ${args.source}: ${named}${more}.`,
      'With --partial they are written; the members wait until the graph is mended.',
      'invalid',
    )
  }
  if (tasks.length > 0) {
    const subject = `import ${countOf(tasks.length, 'task')} from ${args.source}`
    turn.change({
      kind: 'tasksSaved',
      tasks,
      note: {
        subject,
        task: null,
        from: null,
        to: null,
        seat: null,
        attempt: null,
        run: null,
        reason: null,
        by: request.by,
      },
    })
  }
  const already = present === 0 ? '' : `, ${present} were here already`
  return done(
    request,
    `${countOf(tasks.length, 'task')} imported${already}.`,
    tasks.map(task => task.id),
  )
}

/** All ids by what they are without case: file names differ by more than that. */
function idsByFold(turn: Turn): Map<string, TaskId> {
  return new Map([...turn.board.tasks.keys()].map(id => [id.toLowerCase(), id]))
}

function idFlawIn(tasks: readonly TaskFile[]): string | null {
  const seen = new Map<string, TaskId>()
  for (const { id } of tasks) {
    const flaw = taskIdFlaw(id)
    if (flaw !== null) return `id "${id}" ${flaw}`
    const twin = seen.get(id.toLowerCase())
    if (twin !== undefined)
      return twin === id ? `id "${id}" is there twice` : `ids "${twin}" and "${id}" differ by case only`
    seen.set(id.toLowerCase(), id)
  }
  return null
}

/** Flaws of the graph that concern the new tasks. */
function flawsWith(turn: Turn, added: readonly Task[]): string[] {
  const tasks = new Map(turn.board.tasks)
  const ids = new Set<TaskId>()
  for (const task of added) {
    tasks.set(task.id, task)
    ids.add(task.id)
  }
  const all = findGraphFlaws(tasks)
  const flaws: GraphFlaws = {
    dangling: all.dangling.filter(edge => ids.has(edge.task)),
    cycles: all.cycles.filter(cycle => cycle.some(id => ids.has(id))),
  }
  return describeGraphFlaws(flaws)
}
