// The one place where something is decided: an event comes in, changes and effects go out. Total: every event
// has an answer in every state, though the answer may be nothing. No I/O, clock or dice of its own.

import type { Board } from '../board/board.js'
import { unreachable } from '../fault.js'
import type { Command, CommandReply, CommandRequest } from '../messages/commands.js'
import type { AttemptRef, Event } from '../messages/events.js'
import type { StopReason } from '../messages/verdict.js'
import { agentEnded, agentUnkillable, attemptFailedToStart } from './attempts/agent-ended.js'
import { replaceOpen } from './attempts/close-attempt.js'
import { liveAttempt } from './attempts/live-attempt.js'
import { startWork } from './attempts/start-work.js'
import { booted } from './booted.js'
import { addTask, importTasks } from './commands/add-tasks.js'
import { pauseRun, resumeRun, stopRun } from './commands/steer-run.js'
import { killAttempts, reassignTasks, retryTasks, stopAgent } from './commands/steer-tasks.js'
import { taskEdited } from './commands/task-edited.js'
import { checkEnd, checkTimeLimit, drainAttempts } from './end-run.js'
import { landingRefused, moveQueue, workGated, workLanded } from './landing-queue.js'
import { type Decision, Turn } from './turn.js'
import { askForWakeUp } from './wake.js'

export type { Decision } from './turn.js'

/** Decides on one event. The board is brought up to date in place; the decision says what has changed. */
export function decide(board: Board, event: Event): Decision {
  const turn = new Turn(board, { at: event.at, dice: event.dice, newId: event.newId })
  answer(turn, event)
  const due = board.delayed.nextAt()
  if (due !== null && due <= turn.at) turn.change({ kind: 'timePassed', at: turn.at })
  checkTimeLimit(turn)
  drainAttempts(turn)
  moveQueue(turn)
  startWork(turn)
  checkEnd(turn)
  askForWakeUp(turn)
  return { changes: turn.changes, effects: turn.effects }
}

function answer(turn: Turn, event: Event): void {
  switch (event.kind) {
    case 'booted':
      return booted(turn, event)
    case 'commandReceived':
      return answerCommand(turn, event.request)
    case 'attemptStarted':
      return attemptStarted(turn, event)
    case 'attemptFailedToStart':
      return attemptFailedToStart(turn, event)
    case 'attemptOverdue':
      return stopEarly(turn, event, event.why)
    case 'agentEnded':
      return agentEnded(turn, event)
    case 'agentUnkillable':
      return agentUnkillable(turn, event)
    case 'baselineChecked':
      return baselineChecked(turn, event.gates)
    case 'workGated':
      return workGated(turn, event)
    case 'workLanded':
      return workLanded(turn, event)
    case 'landingRefused':
      return landingRefused(turn, event)
    case 'clockJumped':
      turn.change({ kind: 'deadlinesMoved', gapMs: event.gapMs })
      return forgetWakeUp(turn)
    case 'diskRanLow':
    case 'diskRecovered':
      return turn.change({ kind: 'admissionSet', lowOn: 'disk', low: event.kind === 'diskRanLow' })
    case 'memoryRanLow':
    case 'memoryRecovered':
      return turn.change({ kind: 'admissionSet', lowOn: 'memory', low: event.kind === 'memoryRanLow' })
    case 'agentReported':
      return agentReported(turn, event)
    case 'agentOverMemory':
      return stopEarly(turn, event, event.whose === 'own' ? 'over_memory' : 'machine_memory')
    case 'taskEdited':
      taskEdited(turn, event)
      return event.asked === null ? undefined : carryOutByHand(turn, event.asked)
    case 'effectFailed':
      return turn.announce('warning', `${event.effect} failed: ${event.reason}`)
    case 'woke':
      return forgetWakeUp(turn)
    default:
      unreachable(event)
  }
}

function answerCommand(turn: Turn, request: CommandRequest): void {
  const known = turn.board.requests.get(request.requestId)
  const reply = known ?? carryOut(turn, request)
  if (known === undefined) turn.change({ kind: 'requestRemembered', reply })
  turn.effect({ kind: 'reply', reply })
}

/** A status written into a task file: nobody waits for the answer, so a refusal is told to all. */
function carryOutByHand(turn: Turn, command: Command): void {
  const reply = carryOut(turn, { command, by: 'person', requestId: turn.newId() })
  if (!reply.ok) turn.announce('warning', reply.message)
}

function carryOut(turn: Turn, request: CommandRequest): CommandReply {
  const { command } = request
  switch (command.name) {
    case 'add':
      return addTask(turn, request, command.args.task)
    case 'import':
      return importTasks(turn, request, command.args)
    case 'retry':
      return retryTasks(turn, request, command.args.ids)
    case 'reassign':
      return reassignTasks(turn, request, command.args.ids, command.args.to)
    case 'kill':
      return killAttempts(turn, request, command.args.ids)
    case 'pause':
      return pauseRun(turn, request)
    case 'resume':
      return resumeRun(turn, request)
    case 'stop':
      return stopRun(turn, request, command.args.now)
  }
}

function attemptStarted(turn: Turn, event: Extract<Event, { kind: 'attemptStarted' }>): void {
  const live = liveAttempt(turn, event, 'agent')
  if (live === null || live.attempt.baseCommit === event.baseCommit) return
  turn.saveTask(
    live.task,
    { attempts: replaceOpen(live.task, { baseCommit: event.baseCommit }) },
    { subject: `${event.task}: agent started (${live.attempt.seat}, attempt ${event.n})` },
  )
}

function agentReported(turn: Turn, event: Extract<Event, { kind: 'agentReported' }>): void {
  const live = liveAttempt(turn, event, 'agent')
  if (live === null || event.sessionId === null || live.attempt.sessionId === event.sessionId) return
  turn.saveTask(
    live.task,
    { attempts: replaceOpen(live.task, { sessionId: event.sessionId }) },
    { reason: 'session known', subject: `${event.task}: session known` },
  )
}

/** The first reason wins: whoever is being ended already is not asked again. */
function stopEarly(turn: Turn, ref: AttemptRef, why: StopReason): void {
  if (liveAttempt(turn, ref, 'agent') === null || turn.board.stopping.has(ref.task)) return
  stopAgent(turn, ref.task, why, false)
}

/** The timer is spent or wrong, even where it fired early: it is asked for anew. */
function forgetWakeUp(turn: Turn): void {
  if (turn.board.wakeAt !== null) turn.change({ kind: 'wakeSet', at: null })
}

function baselineChecked(turn: Turn, gates: Extract<Event, { kind: 'baselineChecked' }>['gates']): void {
  const { run } = turn.board
  if (run === null || run.end !== null || run.baseline !== null) return
  const loose = Object.entries(gates)
    .filter(([, state]) => state !== 'green')
    .map(([name, state]) => `${name} is ${state}`)
  turn.saveRun(
    run,
    { baseline: { ...gates } },
    loose.length === 0 ? 'baseline is green' : `baseline: ${loose.join(', ')}`,
  )
  if (loose.length > 0)
    turn.announce(
      'warning',
      `On the tip ${loose.join(', ')}: each binds from the first landed tree on which it is green.`,
    )
}
