// What holds after any list of events, garbage included. fast-check prints seed and path of a failure; the same
// list shrinks to its core by itself.

import fc from 'fast-check'
import t, { type Test } from 'tap'
import { type Board, emptyBoard, kindsOf } from '../../src/core/board/board.js'
import { evolve } from '../../src/core/board/evolve.js'
import { maxAttemptsOf } from '../../src/core/decide/attempts/settle-attempt.js'
import { type Decision, decide } from '../../src/core/decide/decide.js'
import { type Change, isRecorded } from '../../src/core/messages/changes.js'
import type { Event } from '../../src/core/messages/events.js'
import { countedAttempts, type Task } from '../../src/core/model/task.js'
import { expectedIndices, indicesOf, liveFilesAreKnown, pictureOf } from './given/board-picture.js'
import { illegalStep } from './given/legal-steps.js'
import { bootEvent, eventOf } from './given/random-events.js'
import { type RandomNight, randomNight } from './given/random-nights.js'
import { start } from './given/scenario.js'

const runs = { numRuns: 400 }

interface Step {
  readonly event: Event
  readonly decision: Decision
  readonly board: Board
}

/** Plays the night and shows every step to `look`; returns all events, and what came out of them. */
function play(
  night: RandomNight,
  look: (step: Step) => void,
): { readonly events: Event[]; readonly decisions: Decision[]; readonly board: Board } {
  const board = emptyBoard(night.config)
  const events: Event[] = []
  const decisions: Decision[] = []
  let at = start
  const take = (event: Event): void => {
    const decision = decide(board, event)
    events.push(event)
    decisions.push(decision)
    look({ event, decision, board })
  }
  take(bootEvent(night))
  for (const [i, intent] of night.intents.entries()) {
    at += intent.ms
    take(eventOf(intent, board, { at, dice: intent.dice, newId: `e${i}-` }))
  }
  return { events, decisions, board }
}

function savedTasks(changes: readonly Change[]): Task[] {
  return changes.flatMap(change =>
    change.kind === 'taskSaved' ? [change.task] : change.kind === 'tasksSaved' ? [...change.tasks] : [],
  )
}

function same(actual: unknown, expected: unknown, what: string): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (a !== b) throw new Error(`${what}:\n  is     ${a}\n  should ${b}`)
}

/** fast-check throws with seed, path and the smallest counterexample. */
function holds(t: Test, look: (night: RandomNight) => void): void {
  t.doesNotThrow(() => fc.assert(fc.property(randomNight, look), runs))
  t.end()
}

t.test('the indices are what the tasks say they are, after every event', t => {
  holds(t, night => {
    play(night, ({ board, event }) => {
      same(indicesOf(board), expectedIndices(board, event.at), `indices after ${event.kind}`)
      if (!liveFilesAreKnown(board)) throw new Error(`live files after ${event.kind}`)
    })
  })
})

t.test('tasks take only legal steps, one revision at a time, with at most one open attempt', t => {
  holds(t, night => {
    const known = new Map<string, Task>()
    play(night, ({ event, decision }) => {
      if (event.kind === 'booted') for (const task of event.tasks) known.set(task.id, task)
      for (const task of savedTasks(decision.changes)) {
        const flaw = illegalStep(known.get(task.id), task)
        if (flaw !== null) throw new Error(`${event.kind}: ${flaw}`)
        known.set(task.id, task)
      }
    })
  })
})

t.test(
  'no attempt starts beyond the maximum, none is charged beyond it, and limits by type and tag hold at every start',
  t => {
    holds(t, night => {
      play(night, ({ decision, board }) => {
        for (const effect of decision.effects) {
          if (effect.kind !== 'startAttempt') continue
          const task = board.tasks.get(effect.task)
          if (task === undefined) throw new Error(`${effect.task} was started and is not there`)
          if (countedAttempts(task) >= maxAttemptsOf(task, board.config))
            throw new Error(`${task.id} started beyond its maximum`)
          for (const kind of kindsOf(task)) {
            const live = [...board.live].filter(id =>
              kindsOf(board.tasks.get(id) ?? task).includes(kind),
            ).length
            if (live > (board.config.taskLimits[kind] ?? Number.POSITIVE_INFINITY))
              throw new Error(`${live} live of ${kind}`)
          }
        }
      })
    })
  },
)

t.test('effects on an attempt come only with that attempt on record in the phase they belong to', t => {
  holds(t, night => {
    play(night, ({ decision, board }) => {
      for (const effect of decision.effects) {
        if (effect.kind !== 'startAttempt' && effect.kind !== 'gateWork' && effect.kind !== 'landWork')
          continue
        const phase = { startAttempt: 'agent', gateWork: 'gates', landWork: 'landing' }[effect.kind]
        const attempt = board.tasks.get(effect.task)?.attempts.at(-1)
        if (attempt?.n !== effect.n || attempt.phase !== phase || attempt.outcome !== null)
          throw new Error(`${effect.kind} of ${effect.task} without its record`)
      }
    })
  })
})

t.test(
  'at most one thing at a time is at the head of the landing queue, and each live gate or landing is in it',
  t => {
    holds(t, night => {
      play(night, ({ board, event }) => {
        const queued = board.queue.map(entry => entry.task)
        if (new Set(queued).size !== queued.length) throw new Error(`${queued} holds a task twice`)
        for (const id of board.live) {
          const phase = board.tasks.get(id)?.attempts.at(-1)?.phase
          if (phase !== 'agent' && !queued.includes(id))
            throw new Error(`${id} in ${phase} is in no queue after ${event.kind}`)
        }
        if (board.head !== 'idle' && queued.length === 0)
          throw new Error(`the head is ${board.head} of nothing`)
      })
    })
  },
)

t.test('a run that has not ended waits for something that will come by itself, or for a person', t => {
  holds(t, night => {
    play(night, ({ board, event }) => {
      const { run, wakeAt, lowOn } = board
      if (run === null || run.end !== null) return
      const baselineComes = board.baselineAsked && run.baseline === null
      const isQueueStuck = board.queue.length > 0 && board.head === 'idle' && run.desired.stop?.how !== 'now'
      if (isQueueStuck && !baselineComes) throw new Error(`nobody works on the queue after ${event.kind}`)
      const waits =
        board.live.size > 0 || run.desired.paused || lowOn.size > 0 || baselineComes || wakeAt !== null
      if (!waits) throw new Error(`the run waits for nothing after ${event.kind}`)
    })
  })
})

t.test('equal events give equal decisions', t => {
  holds(t, night => {
    const { events, decisions } = play(night, () => undefined)
    const again = emptyBoard(night.config)
    for (const [i, event] of events.entries())
      same(decide(again, event), decisions[i], `decision ${i} on ${event.kind}`)
  })
})

t.test('a second board that only hears the changes is the same board', t => {
  holds(t, night => {
    const second = emptyBoard(night.config)
    play(night, ({ decision, board, event }) => {
      for (const change of decision.changes) evolve(second, change)
      same(pictureOf(second), pictureOf(board), `second board after ${event.kind}`)
    })
  })
})

t.test('cut anywhere and booted from what was recorded, no task is lost and none is doubled', t => {
  holds(t, night => {
    const record = new Map(night.tasks.map(task => [task.id, task]))
    const { decisions, board } = play(night, () => undefined)
    for (const change of decisions.flatMap(decision => decision.changes.filter(isRecorded)))
      for (const task of savedTasks([change])) record.set(task.id, task)
    same([...record.keys()].sort(), [...board.tasks.keys()].sort(), 'ids')
    const tasks = JSON.parse(JSON.stringify([...record.values()])) as Task[]
    const after = emptyBoard(night.config)
    const { effects } = decide(after, {
      at: start + 9e6,
      dice: 0,
      newId: 'b',
      kind: 'booted',
      epoch: 9,
      run: board.run,
      tasks,
      attempts: [],
    })
    const started = effects.flatMap(effect => (effect.kind === 'startAttempt' ? [effect.task] : []))
    same([...new Set(started)], started, 'starts')
    same(indicesOf(after), expectedIndices(after, start + 9e6), 'indices after the boot')
  })
})
