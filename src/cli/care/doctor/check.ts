// What a check of the doctor says.

import type { Config } from '../../../core/model/config.js'
import type { Run } from '../../../core/model/run.js'
import type { RepositoryContext } from '../../../runtime/repository-context.js'
import type { Loading } from '../../../store/task-folder.js'

export interface Check {
  readonly name: string
  /** `warning`: worth knowing, nothing is broken. */
  readonly state: 'ok' | 'warning' | 'red'
  readonly text: string
  /** What to do about it; null when all is well. */
  readonly remedy: string | null
}

/** What several checks look at, read once. */
export interface Patient {
  readonly context: RepositoryContext
  /** The frozen one of the latest run, else the one in the file. */
  readonly config: Config
  readonly loading: Loading
  /** Newest first. */
  readonly runs: readonly Run[]
  /** Somebody holds the engine's lock: files and branch may be on the move. */
  readonly isBusy: boolean
  readonly signal: AbortSignal
}

export function ok(name: string, text: string): Check {
  return { name, state: 'ok', text, remedy: null }
}

export function warning(name: string, text: string, remedy: string): Check {
  return { name, state: 'warning', text, remedy }
}

export function red(name: string, text: string, remedy: string): Check {
  return { name, state: 'red', text, remedy }
}

const named = 5

/** The first few, and how many more. */
export function firstFew(items: readonly string[]): string {
  const more = items.length > named ? `; and ${items.length - named} more` : ''
  return items.slice(0, named).join('; ') + more
}
