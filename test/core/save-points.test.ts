// Save points (a) to (d): what is on record before each step into the world.

import t from 'tap'
import type { RecordedChange } from '../../src/core/messages/changes.js'
import { isRecorded } from '../../src/core/messages/changes.js'
import type { Task } from '../../src/core/model/task.js'
import { changed, ended, gated, green, landed } from './given/happenings.js'
import { given, type Scenario } from './given/scenario.js'

function savedTasks(night: Scenario): Task[] {
  return night.last.changes
    .filter(isRecorded)
    .flatMap((change: RecordedChange) => (change.kind === 'taskSaved' ? [change.task] : []))
}

t.test('(a) the attempt is on record, with its mark, in the decision that starts its agent', t => {
  const night = given([{ id: 'A' }])
  const [saved] = savedTasks(night)
  const [start] = night.gave('startAttempt')
  t.match(saved, {
    status: 'in_progress',
    attempts: [{ n: 1, phase: 'agent', outcome: null, mark: start?.mark }],
  })
  t.match(start, { task: 'A', n: 1, seat: 'command-1', fresh: false, sessionId: null })
  t.ok((start?.mark ?? '').length > 3)
  t.end()
})

t.test('the commit an attempt starts from is saved when its agent runs', t => {
  const night = given([{ id: 'A' }]).when({ kind: 'attemptStarted', task: 'A', n: 1, baseCommit: 'c0' })
  t.equal(night.attempt('A').baseCommit, 'c0')
  t.equal(savedTasks(night).length, 1)
  night.when({ kind: 'attemptStarted', task: 'A', n: 1, baseCommit: 'c0' })
  t.same(savedTasks(night), [], 'said twice it is saved once')
  t.end()
})

t.test('(b) phase gates and the commit are saved before the gates run, and the seat is free', t => {
  const night = given([{ id: 'A' }, { id: 'B' }]).when(ended('A', 1, 'done'))
  t.match(savedTasks(night)[0], { attempts: [{ phase: 'gates', commit: changed.commit, outcome: null }] })
  t.match(night.gave('gateWork'), [{ task: 'A', n: 1, commit: changed.commit }])
  t.same(night.started(), ['B'])
  t.end()
})

t.test('(c) phase landing, merge commit and expected tip are saved before the swap', t => {
  const night = given([{ id: 'A' }]).when(ended('A', 1, 'done'), gated('A', 1, green))
  t.match(savedTasks(night)[0], {
    attempts: [{ phase: 'landing', mergeCommit: 'merge', expectedTip: 'tip' }],
  })
  t.match(night.gave('landWork'), [{ mergeCommit: 'merge', expectedTip: 'tip' }])
  t.equal(night.state('A'), 'in_progress: landing')
  t.end()
})

t.test('(d) completed only after the landing is proven; then the workspace may go', t => {
  const night = given([{ id: 'A' }]).when(ended('A', 1, 'done'), gated('A', 1, green), landed('A', 1))
  t.match(savedTasks(night)[0], {
    status: 'completed',
    result: { kind: 'landed', commit: 'merge', tree: 'tree' },
  })
  t.match(night.gave('removeWorkspace'), [{ task: 'A' }])
  t.end()
})

t.test('each step is one change with one revision more, and says who, what and why', t => {
  const night = given([{ id: 'A' }]).when(ended('A', 1, 'task', { reason: 'gave up' }))
  t.equal(night.task('A').rev, 3)
  const change = night.last.changes.find(each => each.kind === 'taskSaved')
  t.match(change, {
    note: {
      subject: 'A: in_progress → ready (command-1, attempt 1)',
      task: 'A',
      from: 'in_progress',
      to: 'ready',
      seat: 'command-1',
      attempt: 1,
      run: 'night',
      reason: 'task: gave up',
      by: 'jetpack',
    },
  })
  t.end()
})

t.test('a session is saved as soon as it is known, once', t => {
  const report = { kind: 'agentReported', task: 'A', n: 1, sessionId: 's1', costUsd: null } as const
  const night = given([{ id: 'A' }]).when(report)
  t.equal(night.attempt('A').sessionId, 's1')
  t.equal(savedTasks(night.when(report)).length, 0)
  t.end()
})

t.test('late and doubled events change nothing', t => {
  const night = given([{ id: 'A' }]).when(ended('A', 1, 'done'), gated('A', 1, green), landed('A', 1))
  const before = night.task('A')
  night.when(ended('A', 1, 'task'), gated('A', 1, { kind: 'conflict', files: [] }), landed('A', 1))
  night.when(
    { kind: 'attemptStarted', task: 'A', n: 1, baseCommit: 'late' },
    { kind: 'attemptFailedToStart', task: 'A', n: 1, reason: 'late' },
    { kind: 'agentUnkillable', task: 'A', n: 1, pids: [1] },
    { kind: 'landingRefused', task: 'A', n: 1, reason: 'late' },
    { kind: 'agentReported', task: 'nobody', n: 9, sessionId: 's', costUsd: 1 },
  )
  t.equal(night.task('A'), before)
  t.end()
})

t.test('an overdue or fat attempt of yesterday does not end the one of today', t => {
  const night = given([{ id: 'A' }]).when(ended('A', 1, 'stopped'))
  t.equal(night.attempt('A').n, 2)
  night.when({ kind: 'attemptOverdue', task: 'A', n: 1, why: 'timeout' })
  night.when({ kind: 'agentOverMemory', task: 'A', n: 1, whose: 'own' })
  t.same(night.gave('stopAttempt'), [])
  night.when({ kind: 'agentOverMemory', task: 'A', n: 2, whose: 'own' })
  t.match(night.gave('stopAttempt'), [{ task: 'A', n: 2, why: 'over_memory', now: false }])
  night.when({ kind: 'attemptOverdue', task: 'A', n: 2, why: 'timeout' })
  t.same(night.gave('stopAttempt'), [], 'the first reason wins')
  t.end()
})
