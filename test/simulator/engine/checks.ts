// What must hold in memory at any instant, and of a whole night at its end. Worked out by plain loops, apart from
// the code that is checked.

import { avoidedProvider } from '../../../src/core/board/avoided-provider.js'
import { type Board, kindsOf, type SeatState } from '../../../src/core/board/board.js'
import { seatFits } from '../../../src/core/board/seat-fit.js'
import { maxAttemptsOf } from '../../../src/core/decide/attempts/settle-attempt.js'
import type { EndState } from '../../../src/core/model/run.js'
import { countedAttempts, edgesOf, openAttempt, type Task } from '../../../src/core/model/task.js'
import { expectedIndices, indicesOf, liveFilesAreKnown, pictureOf } from '../../core/given/board-picture.js'
import type { World } from '../world/world.js'

/** Right after a decision: the indices are true, limits hold, and no seat is idle while it could work. */
export function checkMemory(board: Board, now: number): void {
  const [is, should] = [JSON.stringify(indicesOf(board)), JSON.stringify(expectedIndices(board, now))]
  if (is !== should) throw new Error(`the indices are ${is}, the tasks say ${should}`)
  if (!liveFilesAreKnown(board)) throw new Error('the live files are not those of the live tasks')
  for (const [kind, limit] of Object.entries(board.config.taskLimits))
    if ((board.liveKinds.get(kind) ?? 0) > limit)
      throw new Error(`${board.liveKinds.get(kind)} live of ${kind}`)
  for (const state of board.seats.values()) {
    if (!mayWork(board, now, state)) continue
    const task = [...board.tasks.values()].find(each => couldTake(board, now, state, each))
    if (task !== undefined) throw new Error(`${state.seat.name} is idle and could take ${task.id}`)
  }
}

function mayWork(board: Board, now: number, state: SeatState): boolean {
  const { run } = board
  if (run === null || run.end !== null || run.desired.paused || run.desired.stop !== null) return false
  if (board.startsAfter > now || board.lowOn.size > 0) return false
  if (run.baseline === null && board.config.gates.some(gate => gate.required)) return false
  return state.task === null && !rests(board, now, state)
}

function rests(board: Board, now: number, state: SeatState): boolean {
  const pause = board.providers.get(state.seat.provider)
  return state.restUntil > now || (pause !== undefined && (pause.until === null || pause.until > now))
}

function couldTake(board: Board, now: number, state: SeatState, task: Task): boolean {
  if (task.status !== 'ready' || !seatFits(state.seat, task)) return false
  if (task.notBefore !== null && Date.parse(task.notBefore) > now) return false
  if (edgesOf(task).some(id => board.tasks.get(id)?.status !== 'completed')) return false
  if (kindsOf(task).some(kind => (board.liveKinds.get(kind) ?? 0) >= (board.config.taskLimits[kind] ?? 1e9)))
    return false
  if (board.liveFiles.overlaps(task.files) || countedAttempts(task) >= maxAttemptsOf(task, board.config))
    return false
  const avoided = avoidedProvider(board, task)
  const others = [...board.seats.values()].filter(
    other => other.seat.provider !== avoided && seatFits(other.seat, task),
  )
  return avoided !== state.seat.provider || others.every(other => rests(board, now, other))
}

/** A run that ended must have had no other choice. */
export function checkEnd(world: World, board: Board, end: EndState, ids: ReadonlySet<string>): void {
  const tasks = [...world.disk.branch.values()]
  if (world.repository.lost().length > 0)
    throw new Error(`the landing ref has lost ${world.repository.lost().join(', ')} of a person`)
  const lost = [...ids].filter(id => !world.disk.branch.has(id))
  if (lost.length > 0) throw new Error(`lost: ${lost.join(', ')}`)
  const living = world.machine.living().filter(tree => tree.stuckUntil <= world.clock.now)
  if (living.length > 0) throw new Error(`the run ended as ${end} and the agent of ${living[0]?.task} lives`)
  if (end === 'all_tasks_complete') {
    const open = tasks.find(task => task.status !== 'completed' && task.status !== 'cancelled')
    if (open !== undefined) throw new Error(`all_tasks_complete, but ${open.id} is ${open.status}`)
  }
  if (end === 'nothing_runnable') {
    const open = tasks.find(task => task.status === 'in_progress' || isRunnable(board, task))
    if (open !== undefined)
      throw new Error(`nothing_runnable, but ${open.id} is ${open.status} and could be worked on`)
  }
  checkLandings(world, tasks)
}

function isRunnable(board: Board, task: Task): boolean {
  if (task.status !== 'ready' || edgesOf(task).some(id => board.tasks.get(id)?.status !== 'completed'))
    return false
  return [...board.seats.values()].some(
    state => seatFits(state.seat, task) && board.providers.get(state.seat.provider)?.until !== null,
  )
}

/** What counts as landed is in the landing ref, once, and its gates name its tree. */
export function checkLandings(world: World, tasks: readonly Task[]): void {
  for (const task of tasks) {
    const { result } = task
    if (result === null) {
      const landing = openAttempt(task)?.phase === 'landing'
      if (!landing && world.repository.landingsOf(task.id) > 0)
        throw new Error(`${task.id} has landed and is ${task.status}`)
      continue
    }
    if (result.commit === null || !world.repository.contains(result.commit))
      throw new Error(`${task.id} counts as landed, the landing ref does not contain ${result.commit}`)
    if (world.repository.landingsOf(task.id) !== 1)
      throw new Error(`${task.id} landed ${world.repository.landingsOf(task.id)} times`)
    const gates = task.attempts.at(-1)?.gates ?? []
    if (gates.some(gate => gate.tree !== result.tree))
      throw new Error(`a gate of ${task.id} names another tree than the one that landed`)
  }
}

/** The second, durable board has heard all and is the same. */
export function checkSameBoards(ahead: Board, durable: Board): void {
  if (JSON.stringify(pictureOf(ahead)) !== JSON.stringify(pictureOf(durable)))
    throw new Error('the durable board differs from the one in memory')
}
