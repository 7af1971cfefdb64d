// The pace of fetching and of painting, on a clock that the test moves.

import t from 'tap'
import type { Clock } from '../../src/tui/io/clock.js'
import { newFeeder } from '../../src/tui/io/feeder.js'
import { newPainter } from '../../src/tui/io/painter.js'
import type { Message } from '../../src/tui/model.js'
import { MemoryEngine } from './rig/memory-engine.js'

/** Time stands still until `advance`. */
function handClock() {
  let at = 0
  let timers: { due: number; act: () => void }[] = []
  const clock: Clock = {
    now: () => at,
    after(ms, act) {
      const timer = { due: at + ms, act }
      timers.push(timer)
      return () => {
        timers = timers.filter(one => one !== timer)
      }
    },
  }
  const advance = (ms: number): void => {
    at += ms
    const due = timers.filter(timer => timer.due <= at)
    timers = timers.filter(timer => timer.due > at)
    for (const timer of due) timer.act()
  }
  return { clock, advance }
}

/** Until everything that waits for nothing but other promises has run. */
function settled(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}

t.test('however much is wanted, no more than ten fetches a second are made', async t => {
  const { clock, advance } = handClock()
  const engine = new MemoryEngine()
  const always = [{ kind: 'status', dueAt: 0 }] as const
  const answers: Message[] = []
  const feeder = newFeeder({
    engine,
    clock,
    signal: new AbortController().signal,
    deliver: message => {
      answers.push(message)
      feeder.pump(always)
    },
    fail: error => t.fail(String(error)),
  })
  feeder.pump(always)
  await settled()
  t.equal(engine.fetches, 10)
  for (let i = 0; i < 20; i += 1) {
    advance(50)
    await settled()
  }
  t.equal(engine.fetches, 20)
  feeder.stop()
})

t.test('what is not due yet is fetched when it is', async t => {
  const { clock, advance } = handClock()
  const engine = new MemoryEngine()
  const given = { engine, clock, signal: new AbortController().signal }
  const feeder = newFeeder({ ...given, deliver: () => {}, fail: error => t.fail(String(error)) })
  feeder.pump([{ kind: 'status', dueAt: 300 }])
  advance(299)
  await settled()
  t.equal(engine.fetches, 0)
  advance(1)
  await settled()
  t.equal(engine.fetches, 1)
})

t.test('an engine that fails or stays silent is told to the view, not thrown', async t => {
  const { clock, advance } = handClock()
  const engine = new MemoryEngine()
  const answers: Message[] = []
  const deliver = (message: Message) => answers.push(message)
  const fail = (error: unknown) => t.fail(String(error))
  const feeder = newFeeder({ engine, clock, signal: new AbortController().signal, deliver, fail })
  feeder.pump([{ kind: 'detail', task: 'NOPE', asOf: 0, dueAt: 0 }])
  await settled()
  t.match(answers, [{ kind: 'fetchFailed', text: 'There is no task NOPE.' }])
  engine.status = signal =>
    new Promise((_, reject) => {
      if (signal instanceof AbortSignal) signal.addEventListener('abort', () => reject(signal.reason))
    })
  feeder.pump([{ kind: 'status', dueAt: 0 }])
  advance(5000)
  await settled()
  t.match(answers[1], { kind: 'fetchFailed', text: 'No answer from the orchestrator in 5 s.' })
})

t.test('keys are painted at once, other news at most eight times a second', async t => {
  const { clock, advance } = handClock()
  let frames = 0
  const painter = newPainter(clock, () => {
    frames += 1
    return true
  })
  for (let i = 0; i < 100; i += 1) {
    painter.ask(false)
    await settled()
    advance(10)
  }
  t.equal(frames, 8)
  painter.ask(true)
  painter.ask(true)
  await settled()
  t.equal(frames, 9, 'two keys in one piece are one frame')
})

t.test('a frame that the terminal did not take is made anew when it is ready', async t => {
  const { clock } = handClock()
  let isBusy = true
  let frames = 0
  const painter = newPainter(clock, () => {
    if (!isBusy) frames += 1
    return !isBusy
  })
  painter.ask(true)
  await settled()
  isBusy = false
  painter.drained()
  t.equal(frames, 1)
  painter.drained()
  t.equal(frames, 1, 'and only then')
})
