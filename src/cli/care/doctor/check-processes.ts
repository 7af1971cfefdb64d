// Invariant 6: no process outlives its attempt, no file its writer, and a run without an end has somebody who goes on.

import { readdir } from 'node:fs/promises'
import { listMarked } from '../../../exec/process/sweep.js'
import { livingOrchestrator } from '../../../runtime/night/orchestrator-file.js'
import { isLockHeld } from '../../../store/lock.js'
import { type Check, firstFew, ok, type Patient, red, warning } from './check.js'
import { tasksOf } from './check-tasks.js'

export async function checkRun({ context, runs }: Patient): Promise<Check> {
  const { layout } = context
  const living = await livingOrchestrator(layout)
  const isKept = await isLockHeld(layout.keeperLock)
  const latest = runs[0]
  if (living !== null)
    return ok(
      'run',
      `orchestrator ${living.process.pid} lives, epoch ${living.epoch}${isKept ? '' : '; its keeper is being started'}`,
    )
  if (isKept) return ok('run', 'the keeper is restarting the orchestrator')
  if (latest === undefined) return ok('run', 'there has been no run yet')
  if (latest.end !== null) return ok('run', `the latest run, ${latest.id}, ended: ${latest.end}`)
  return warning('run', `run ${latest.id} was cut off and has no end`, '`jetpack run` goes on with it.')
}

export async function checkProcesses(patient: Patient): Promise<Check> {
  const tasks = tasksOf(patient)
  const owners = new Map(
    tasks.flatMap(task =>
      task.attempts.map(attempt => [attempt.mark, { task: task.id, ...attempt }] as const),
    ),
  )
  const ours = (await listMarked()).flatMap(({ pid, mark }) => {
    const owner = owners.get(mark)
    return owner === undefined ? [] : [{ pid, owner }]
  })
  const isManned = patient.isBusy || (await isLockHeld(patient.context.layout.keeperLock))
  // An attempt is closed only after its tree is proven gone, so a living process of a closed one is always wrong.
  const stray = ours.filter(({ owner }) => !isManned || owner.outcome !== null)
  if (stray.length === 0) return ok('processes', `${ours.length} processes of agents, all of living attempts`)
  const named = stray.map(({ pid, owner }) => `process ${pid} of ${owner.task}, attempt ${owner.n}`)
  return red(
    'processes',
    `left over: ${firstFew(named)}`,
    'The next `jetpack run` ends them; by hand: kill -9 with these ids.',
  )
}

const temporary = /\.json\.\d{1,10}$/

export async function checkLeftovers({ context, isBusy }: Patient): Promise<Check> {
  const { layout } = context
  const names: string[] = []
  for (const folder of [layout.tasks, layout.runs]) {
    for (const name of await namesIn(folder))
      if (temporary.test(name)) names.push(`${folder.slice(layout.home.length + 1)}/${name}`)
  }
  const kept = (await namesIn(layout.quarantine)).filter(name => !name.endsWith('.why.json')).length
  const quarantine =
    kept === 0 ? 'nothing in quarantine' : `${kept} things in quarantine, ${layout.quarantine}`
  if (names.length === 0 || isBusy) return ok('leftovers', `no temporary files; ${quarantine}`)
  return warning(
    'leftovers',
    `temporary files of a killed writer: ${firstFew(names)}; ${quarantine}`,
    'The next `jetpack run` removes them.',
  )
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}
