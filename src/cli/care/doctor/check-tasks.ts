// The task files by themselves: invariant 1, and the counted attempts of invariant 4.

import { describeGraphFlaws, findGraphFlaws } from '../../../core/board/graph-flaws.js'
import { maxAttemptsOf } from '../../../core/decide/attempts/settle-attempt.js'
import { countedAttempts, type Task } from '../../../core/model/task.js'
import type { RunsRead } from '../../../store/run-folder.js'
import { describeFlaw } from '../../../store/schema/flaw.js'
import { type Check, firstFew, ok, type Patient, red, warning } from './check.js'

export function tasksOf({ loading }: Patient): readonly Task[] {
  return loading.files.flatMap(file => (file.check.ok ? [file.check.task] : []))
}

export function checkTaskFiles({ loading }: Patient): Check {
  const flawed = loading.files.flatMap(file =>
    file.check.ok ? [] : file.check.flaws.slice(0, 1).map(describeFlaw),
  )
  const bad = [...loading.unreadable.map(file => file.why), ...flawed]
  if (bad.length === 0) return ok('task files', `${loading.files.length} task files parse and validate`)
  return red(
    'task files',
    firstFew(bad),
    '`jetpack validate-tasks` names every flaw; with --fix unreadable files go to quarantine and come back from the task branch.',
  )
}

export function checkRecords({ runs, bad }: RunsRead): Check {
  if (bad.length === 0) return ok('run records', `${runs.length} run records parse and validate`)
  return red(
    'run records',
    firstFew(bad.map(each => each.why)),
    'Move the file away; the next run restores it from the task branch.',
  )
}

export function checkGraph(patient: Patient): Check {
  const tasks = new Map(tasksOf(patient).map(task => [task.id, task]))
  const flaws = describeGraphFlaws(findGraphFlaws(tasks))
  if (flaws.length === 0) return ok('dependencies', 'no cycle, and every edge leads to a task')
  return warning(
    'dependencies',
    firstFew(flaws),
    'Members wait until "dependencies" in the task files is mended.',
  )
}

export function checkAttempts(patient: Patient): Check {
  const over = tasksOf(patient).flatMap(task => {
    const most = maxAttemptsOf(task, patient.config)
    const counted = countedAttempts(task)
    return counted > most ? [`${task.id} has ${counted} counted attempts, ${most} are allowed`] : []
  })
  const open = tasksOf(patient).filter(
    task => task.attempts.filter(attempt => attempt.outcome === null).length > 1,
  )
  const bad = [...over, ...open.map(task => `${task.id} has more than one open attempt`)]
  if (bad.length === 0)
    return ok('attempts', 'no task has more counted attempts than allowed, or two at a time')
  return red('attempts', firstFew(bad), 'Please report this: it must never happen.')
}
