// Where everything of a repository lies. `.beads` is for people and may be cleaned away; the folder inside the
// git directory keeps what must survive `git clean` or is secret.

import type { RunId } from './model/run.js'
import type { TaskId } from './model/task.js'

/** Absolute paths with "/" between the parts. */
export interface Layout {
  /** The checkout that owns `.beads`. */
  readonly home: string
  readonly gitCommonDir: string
  readonly beads: string
  readonly tasks: string
  readonly runs: string
  readonly worktrees: string
  /** `<git-common-dir>/jetpack`, mode 0700. */
  readonly state: string
  readonly engineLock: string
  readonly keeperLock: string
  readonly socket: string
  readonly token: string
  /** Pid, start time and epoch of the orchestrator. */
  readonly orchestrator: string
  /** The whole frozen configuration of the run, mode 0600. */
  readonly run: string
  readonly attempts: string
  readonly journal: string
  readonly quarantine: string
  readonly homeFile: string
}

export function layoutOf(home: string, gitCommonDir: string): Layout {
  const beads = `${home}/.beads`
  const state = `${gitCommonDir}/jetpack`
  return {
    home,
    gitCommonDir,
    beads,
    tasks: `${beads}/tasks`,
    runs: `${beads}/runs`,
    worktrees: `${beads}/worktrees`,
    state,
    engineLock: `${state}/engine.lock`,
    keeperLock: `${state}/keeper.lock`,
    socket: `${state}/sock`,
    token: `${state}/token`,
    orchestrator: `${state}/orchestrator.json`,
    run: `${state}/run.json`,
    attempts: `${state}/attempts`,
    journal: `${state}/journal`,
    quarantine: `${state}/quarantine`,
    homeFile: `${state}/home`,
  }
}

export function taskFile(layout: Layout, id: TaskId): string {
  return `${layout.tasks}/${id}.json`
}

export function runFile(layout: Layout, id: RunId): string {
  return `${layout.runs}/${id}.json`
}

export function workspaceFolder(layout: Layout, id: TaskId): string {
  return `${layout.worktrees}/${id}`
}

/** Prompt, output, exit status and control FIFO of one attempt. */
export function attemptFolder(layout: Layout, id: TaskId, n: number): string {
  return `${layout.attempts}/${id}/${n}`
}

/** Paths on the task branch: the same as in the checkout. */
export const branchPaths = {
  task: (id: TaskId): string => `.beads/tasks/${id}.json`,
  run: (id: RunId): string => `.beads/runs/${id}.json`,
} as const

/** Names of refs. The task branch is not `jetpack/tasks`: that cannot exist beside a branch `jetpack`. */
export const refNames = {
  taskBranch: 'refs/heads/jetpack-tasks',
  landing: (target: string): string => `refs/jetpack/landing/${target}`,
  landedBefore: (id: TaskId, n: number): string => `refs/jetpack/before/${id}/${n}`,
  work: (id: TaskId): string => `refs/heads/jetpack-work/${id}`,
  salvage: (id: TaskId, n: number): string => `refs/jetpack/salvage/${id}/${n}`,
} as const
