// `jetpack doctor`: holds files, task branch, landing ref and processes against each other and against the promises
// in DESIGN's section on invariants. It asks no engine and changes nothing.

import { existsSync } from 'node:fs'
import { readFrozenRun } from '../../../runtime/night/run-file.js'
import type { RepositoryContext } from '../../../runtime/repository-context.js'
import { isLockHeld } from '../../../store/lock.js'
import { readRuns } from '../../../store/run-folder.js'
import { TaskFolder } from '../../../store/task-folder.js'
import { openHere } from '../../open/open-here.js'
import { readConfig } from '../../open/read-config.js'
import type { Surroundings } from '../../open/surroundings.js'
import { plain, printJson, printLine } from '../../print/print.js'
import { type Check, type Patient, red } from './check.js'
import { checkBranch } from './check-branch.js'
import { checkDisk, checkGit, checkPrograms } from './check-environment.js'
import { checkLanded, checkTarget } from './check-landed.js'
import { checkObjects } from './check-objects.js'
import { checkLeftovers, checkProcesses, checkRun } from './check-processes.js'
import { checkAttempts, checkGraph, checkRecords, checkTaskFiles } from './check-tasks.js'

export interface DoctorOptions {
  readonly json?: true
}

export async function doctor(around: Surroundings, options: DoctorOptions): Promise<number> {
  const context = await openHere(around)
  const checks = await examine(context, around)
  const isWell = checks.every(check => check.state !== 'red')
  if (options.json) printJson({ schema: 'jetpack.doctor/1', ok: isWell, checks })
  else print(checks)
  return isWell ? 0 : 1
}

/** Every check, in the order in which a person would look. */
export async function examine(context: RepositoryContext, around: Surroundings): Promise<readonly Check[]> {
  const environment = [
    await checkGit(context, around.signal),
    checkPrograms(around.agentEnv['PATH'] ?? ''),
    await checkDisk(context),
  ]
  if (!existsSync(context.layout.tasks)) {
    const text = existsSync(context.layout.token)
      ? 'the folder .beads/tasks is missing'
      : 'this repository has not been prepared for jetpack'
    const remedy = existsSync(context.layout.token)
      ? 'The next `jetpack run` or `jetpack validate-tasks --fix` restores it from the task branch.'
      : 'Run `jetpack init`.'
    return [...environment, red('prepared', text, remedy)]
  }
  const patient = await readPatient(context, around)
  return [
    ...environment,
    checkTaskFiles(patient),
    checkRecords(await readRuns(context.layout)),
    checkGraph(patient),
    checkAttempts(patient),
    await checkBranch(patient),
    await checkLanded(patient),
    await checkTarget(patient),
    await checkObjects(patient),
    await checkRun(patient),
    await checkProcesses(patient),
    await checkLeftovers(patient),
  ]
}

async function readPatient(context: RepositoryContext, around: Surroundings): Promise<Patient> {
  const { layout } = context
  const isBusy = await isLockHeld(layout.engineLock)
  const frozen = await readFrozenRun(layout)
  const config = frozen?.config ?? (await readConfig(context.layout.home)).config
  const loading = await new TaskFolder(layout.tasks).load(around.signal)
  const { runs } = await readRuns(layout)
  return { context, config, loading, runs, isBusy, signal: around.signal }
}

const signs: Readonly<Record<Check['state'], string>> = {
  ok: 'ok      ',
  warning: 'warning ',
  red: 'RED     ',
}

function print(checks: readonly Check[]): void {
  const width = Math.max(...checks.map(check => check.name.length))
  for (const { name, state, text, remedy } of checks) {
    printLine(`${signs[state]}${name.padEnd(width)}  ${plain(text)}`)
    if (remedy !== null) printLine(`${' '.repeat(signs.ok.length + width + 2)}${plain(remedy)}`)
  }
  const count = (state: Check['state']): number => checks.filter(check => check.state === state).length
  printLine(
    count('red') === 0
      ? `Nothing is red${count('warning') === 0 ? '' : `, warnings: ${count('warning')}`}.`
      : `Red: ${count('red')}.`,
  )
}
