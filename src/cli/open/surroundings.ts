// What a command knows of where and by whom it was started. The environment is read here and nowhere else.

import { userInfo } from 'node:os'
import { fileURLToPath } from 'node:url'
import { taskIdFlaw } from '../../core/model/task-id.js'

export interface Surroundings {
  readonly cwd: string
  /** Folder of the installed package: `bin/`, `schemas/`, `dist/`, `examples/`. */
  readonly packageRoot: string
  /** Where short-lived sockets may go when the path in the git folder is too long for one. */
  readonly runtimeFolder: string
  /** Who acts, for the history: the user's name, or `agent:<task>` where an agent calls. */
  readonly user: string
  /** Input and output are a terminal that can show a full screen. */
  readonly onTerminal: boolean
  /** Columns of the terminal on standard output; null where it is none. */
  readonly columns: number | null
  /** What the full-screen viewer asks of the terminal. */
  readonly terminal: {
    readonly term: string
    readonly lang: string
    readonly noColor: boolean
    readonly ascii: boolean
  }
  /** What keeper, agents and gates start from. */
  readonly agentEnv: Readonly<Record<string, string>>
  /** For everything that wants a signal; an interrupt ends the process itself. */
  readonly signal: AbortSignal
}

// Compiled dist/src/cli/open/surroundings.js lies four folders below the package.
const packageRoot = fileURLToPath(new URL('../../../../', import.meta.url)).replace(/\/$/, '')

/**
 * Variables that would point a process of the night at another repository, or make it look like an attempt: set
 * when jetpack is started from a git hook or by an agent.
 */
const notPassedOn =
  /^(JETPACK_.*|GIT_(CONFIG_.*|DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|COMMON_DIR|PREFIX|NAMESPACE))$/

/** Terminals without a screen of their own. */
const screenless = /^(|dumb|unknown|vt\d.*)$/i

export function readSurroundings(): Surroundings {
  const { env, stdin, stdout } = process
  const term = env['TERM'] ?? ''
  const lang = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || ''
  return {
    cwd: process.cwd(),
    packageRoot,
    // Not XDG_RUNTIME_DIR: that folder vanishes when the last session of the user ends, and the night goes on.
    runtimeFolder: `/tmp/jetpack-${process.getuid?.() ?? 0}`,
    user: whoActs(env['JETPACK_TASK']),
    onTerminal: stdin.isTTY === true && stdout.isTTY === true && !screenless.test(term),
    columns: stdout.isTTY === true ? stdout.columns : null,
    terminal: { term, lang, noColor: (env['NO_COLOR'] ?? '') !== '', ascii: false },
    agentEnv: Object.fromEntries(
      Object.entries(env).flatMap(([name, value]) =>
        value === undefined || notPassedOn.test(name) ? [] : [[name, value]],
      ),
    ),
    signal: new AbortController().signal,
  }
}

function whoActs(task: string | undefined): string {
  if (task !== undefined && taskIdFlaw(task) === null) return `agent:${task}`
  const name = userName().replace(/[^\p{L}\p{N}._@-]/gu, '_')
  return name === '' ? 'unknown' : name.slice(0, 100)
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    // A user id without an entry in the password file, as containers have: the number names it.
    return `uid-${process.getuid?.() ?? 'unknown'}`
  }
}
