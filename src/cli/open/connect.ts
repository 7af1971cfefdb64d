// The engine for one command: over the socket where an orchestrator answers, else in this process from the files.
// What the second way needs is imported only when it is taken; a command that only reads never loads git.

import { JetpackError } from '../../core/fault.js'
import type { Layout } from '../../core/layout.js'
import type { Config } from '../../core/model/config.js'
import type { Engine } from '../../core/wire/engine.js'
import { socketAddress } from '../../core/wire/socket-address.js'
import { isAnswering } from '../../link/http-exchange.js'
import { SocketEngine } from '../../link/socket-engine.js'
import { findRepository } from './find-repository.js'
import { LiveOrFiles } from './live-or-files.js'
import type { Surroundings } from './surroundings.js'

export interface Connection extends AsyncDisposable {
  readonly engine: Engine
  /** An orchestrator answers; false: read from files. */
  readonly live: boolean
}

/** How long an orchestrator may be silent before the files are read instead. */
export const answerMs = 1_000

/** `reading`: never takes the lock, so it cannot send commands without an orchestrator. */
export type Purpose = 'reading' | 'commands'

/** Faults: those of `openHere`, `not_initialised`, `config_invalid`. */
export async function connectEngine(around: Surroundings, purpose: Purpose): Promise<Connection> {
  const layout = (await findRepository(around.cwd)) ?? (await openedLayout(around))
  const live = await liveEngine(layout, around)
  if (purpose === 'commands') return live ?? openLocally(layout, around)
  const files = (): Promise<Engine> => openFiles(layout, around)
  if (live !== null) return { ...live, engine: new LiveOrFiles(live.engine, files) }
  return { engine: await files(), live: false, [Symbol.asyncDispose]: async () => undefined }
}

async function openFiles(layout: Layout, around: Surroundings): Promise<Engine> {
  const { openFileEngine } = await import('./file-engine.js')
  return openFileEngine(layout, await configOf(layout), around.signal)
}

async function openLocally(layout: Layout, around: Surroundings): Promise<Connection> {
  const config = await configOf(layout)
  const [{ openHere }, { openLocalEngine }] = await Promise.all([
    import('./open-here.js'),
    import('../../runtime/local-engine.js'),
  ])
  const engine = await openLocalEngine(await openHere(around), config, around.signal)
  return { engine, live: false, [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose]() }
}

async function configOf(layout: Layout): Promise<Config> {
  const { requireInitialised, readConfig } = await import('./read-config.js')
  requireInitialised(layout)
  return (await readConfig(layout.home)).config
}

/** The engine of the orchestrator that answers here. Faults: those of `openHere`, `not_running`. */
export async function connectLive(around: Surroundings): Promise<Connection> {
  const live = await liveEngine((await findRepository(around.cwd)) ?? (await openedLayout(around)), around)
  if (live !== null) return live
  throw new JetpackError(
    'not_running',
    'Cannot attach: no orchestrator answers in this repository.',
    '`jetpack run` starts one; `jetpack status` reads the files.',
  )
}

/** The engine over the socket of a repository, whether or not anybody answers there. */
export function socketEngine(layout: Layout, around: Surroundings): SocketEngine {
  return new SocketEngine({
    socketPath: socketAddress(layout.socket, around.runtimeFolder),
    tokenFile: layout.token,
  })
}

async function liveEngine(layout: Layout, around: Surroundings): Promise<Connection | null> {
  if (!(await isAnswering(socketAddress(layout.socket, around.runtimeFolder), answerMs))) return null
  const engine = socketEngine(layout, around)
  return { engine, live: true, [Symbol.asyncDispose]: async () => engine[Symbol.dispose]() }
}

/** Not a repository at all, or an unusual one: git says which. */
async function openedLayout(around: Surroundings): Promise<Layout> {
  const { openHere } = await import('./open-here.js')
  return (await openHere(around)).layout
}
