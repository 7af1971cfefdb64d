// What the indices of a board must be, worked out from its tasks alone and by other means than `evolve`: plain
// loops over everything. Also a picture of a whole board, to compare two of them.

import type { Board } from '../../../src/core/board/board.js'
import { seatFits } from '../../../src/core/board/seat-fit.js'
import { openAttempt, type Task } from '../../../src/core/model/task.js'

interface Picture {
  readonly counts: Readonly<Record<string, number>>
  readonly openEdges: Readonly<Record<string, number>>
  readonly dependents: Readonly<Record<string, readonly string[]>>
  readonly ready: readonly string[]
  readonly delayed: readonly string[]
  readonly live: readonly string[]
  readonly liveKinds: Readonly<Record<string, number>>
  readonly seats: Readonly<Record<string, string | null>>
}

/** The indices as the board has them. Tasks that are due but not yet released count as delayed. */
export function indicesOf(board: Board): Picture {
  return {
    counts: { ...board.counts },
    openEdges: sortedRecord(board.openEdges),
    dependents: sortedRecord(
      new Map([...board.dependents].map(([id, waiters]) => [id, [...waiters].sort()])),
    ),
    ready: [...board.ready.ids()].sort(),
    delayed: [...board.delayed.ids()].sort(),
    live: [...board.live].sort(),
    liveKinds: sortedRecord(board.liveKinds),
    seats: Object.fromEntries([...board.seats].map(([name, state]) => [name, state.task])),
  }
}

/** The indices as the tasks say they should be at `now`, the time of the last decision. */
export function expectedIndices(board: Board, now: number): Picture {
  const tasks = [...board.tasks.values()]
  const edges = (task: Task): string[] =>
    [...new Set([...task.dependencies, ...task.blockers])].filter(id => !task.waived.includes(id))
  const open = (task: Task): number =>
    edges(task).filter(id => board.tasks.get(id)?.status !== 'completed').length
  const live = tasks.filter(task => task.status === 'in_progress')
  const free = tasks.filter(task => task.status === 'ready' && open(task) === 0)
  const isDelayed = (task: Task): boolean => task.notBefore !== null && Date.parse(task.notBefore) > now
  const fits = (task: Task): boolean =>
    board.seats.size === 0 || [...board.seats.values()].some(state => seatFits(state.seat, task))
  return {
    counts: countBy(
      tasks.map(task => task.status),
      ['ready', 'in_progress', 'completed', 'failed', 'blocked', 'cancelled'],
    ),
    openEdges: sortedRecord(new Map(tasks.map(task => [task.id, open(task)]))),
    dependents: dependentsOf(tasks, edges),
    ready: ids(free.filter(task => !isDelayed(task) && fits(task))),
    delayed: ids(free.filter(isDelayed)),
    live: ids(live),
    liveKinds: countBy(
      live.flatMap(task => [...new Set([task.type, ...task.tags])]),
      [],
    ),
    seats: Object.fromEntries([...board.seats.keys()].map(name => [name, sitterOf(live, name)])),
  }
}

function sitterOf(live: readonly Task[], seat: string): string | null {
  const sitters = live.filter(task => {
    const attempt = openAttempt(task)
    return attempt?.phase === 'agent' && attempt.seat === seat
  })
  if (sitters.length > 1) throw new Error(`${sitters.map(task => task.id).join(' and ')} sit on ${seat}`)
  return sitters[0]?.id ?? null
}

/** Whether any two live tasks' paths are known to the board as taken: each must overlap with itself. */
export function liveFilesAreKnown(board: Board): boolean {
  const live = [...board.live].map(id => board.tasks.get(id)?.files ?? [])
  const named = live.every(files => files.length === 0 || board.liveFiles.overlaps(files))
  return named && (live.some(files => files.length > 0) || !board.liveFiles.overlaps(everyFile(board)))
}

function everyFile(board: Board): string[] {
  return [...board.tasks.values()].flatMap(task => [...task.files])
}

/** Everything a board holds, as plain data. */
export function pictureOf(board: Board): unknown {
  return {
    indices: indicesOf(board),
    tasks: [...board.tasks.values()],
    run: board.run,
    epoch: board.epoch,
    ranks: [...board.ranks],
    seats: [...board.seats.values()].map(({ seat, ...state }) => ({ name: seat.name, ...state })),
    providers: [...board.providers],
    stopping: [...board.stopping],
    queue: board.queue,
    head: board.head,
    failures: [board.failuresInARow, board.startsAfter],
    asked: [board.baselineAsked, board.wakeAt, [...board.lowOn]],
    requests: [...board.requests.keys()],
  }
}

function dependentsOf(tasks: readonly Task[], edges: (task: Task) => string[]): Record<string, string[]> {
  const waiters = new Map<string, string[]>()
  for (const task of tasks)
    for (const id of edges(task)) waiters.set(id, [...(waiters.get(id) ?? []), task.id].sort())
  return sortedRecord(waiters)
}

function ids(tasks: readonly Task[]): string[] {
  return tasks.map(task => task.id).sort()
}

function countBy(words: readonly string[], always: readonly string[]): Record<string, number> {
  const counts = new Map(always.map(word => [word, 0]))
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return always.length > 0 ? Object.fromEntries(counts) : sortedRecord(counts)
}

function sortedRecord<T>(map: ReadonlyMap<string, T>): Record<string, T> {
  return Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)))
}
