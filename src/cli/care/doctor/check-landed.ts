// Invariant 3: what a task file calls landed has landed. Commits are looked up in git, trees compared.

import { refNames } from '../../../core/layout.js'
import type { Task } from '../../../core/model/task.js'
import { type Check, firstFew, ok, type Patient, red, warning } from './check.js'
import { tasksOf } from './check-tasks.js'

const name = 'landed work'

export async function checkLanded(patient: Patient): Promise<Check> {
  const landed = tasksOf(patient).filter(task => task.result?.kind === 'landed')
  const trees = await treesOnLanding(patient)
  const bad = landed.flatMap(task => flawsOf(task, trees))
  if (bad.length > 0)
    return red(
      name,
      firstFew(bad),
      'Please report this. `git log` on the landing ref shows what is there; nothing was deleted.',
    )
  return ok(
    name,
    landed.length === 0
      ? 'nothing has landed yet'
      : `${landed.length} landed results are on the landing ref, gated as they are`,
  )
}

function flawsOf(task: Task, trees: ReadonlyMap<string, string>): string[] {
  const { result } = task
  if (result === null || result.commit === null) return [`${task.id} is landed, but names no commit`]
  const tree = trees.get(result.commit)
  if (tree === undefined)
    return [`${task.id}: commit ${result.commit.slice(0, 12)} is not on the landing ref`]
  if (result.tree !== null && result.tree !== tree)
    return [`${task.id}: commit ${result.commit.slice(0, 12)} does not hold the recorded tree`]
  const gates = task.attempts.findLast(attempt => attempt.outcome === 'done')?.gates ?? []
  return gates
    .filter(gate => gate.state === 'green' && gate.tree !== tree)
    .map(gate => `${task.id}: gate ${gate.name} was green on another tree`)
}

/** Commit to tree, for everything that any landing ref contains. */
async function treesOnLanding({ context, signal }: Patient): Promise<ReadonlyMap<string, string>> {
  const { git } = context.repository
  const { stdout } = await git.run(['log', '--format=%H %T', '--glob=refs/jetpack/landing/*'], {
    signal,
    purpose: 'read what has landed',
    answers: [0, 128],
  })
  return new Map(
    stdout
      .split('\n')
      .filter(line => line !== '')
      .map(line => [line.split(' ')[0] ?? '', line.split(' ')[1] ?? '']),
  )
}

/** The branch that the person looks at in the morning. */
export async function checkTarget(patient: Patient): Promise<Check> {
  const target = patient.runs[0]?.target.branch ?? patient.config.target.branch
  const landing = refNames.landing(target)
  const git = (...args: string[]) =>
    patient.context.repository.git.run(args, {
      signal: patient.signal,
      purpose: `look at ${target}`,
      answers: [0, 1, 128],
    })
  if ((await git('rev-parse', '-q', '--verify', landing)).exitCode !== 0)
    return ok('target branch', `${target}: nothing has landed yet`)
  if ((await git('rev-parse', '-q', '--verify', `refs/heads/${target}`)).exitCode !== 0)
    return warning(
      'target branch',
      `there is no branch ${target}`,
      `It follows when it can; by hand: git branch ${target} ${landing}`,
    )
  const behind = Number((await git('rev-list', '--count', `refs/heads/${target}..${landing}`)).stdout.trim())
  if (behind === 0) return ok('target branch', `${target} holds everything that has landed`)
  return warning(
    'target branch',
    `${target} is ${behind} commits behind what has landed`,
    `It follows once it is checked out nowhere; by hand, in its checkout: git merge --ff-only ${landing}`,
  )
}
