// A folder with a token file and a socket address that fits, for tests that serve an engine and read it through the link.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { Engine } from '../../src/core/wire/engine.js'
import { socketAddress } from '../../src/core/wire/socket-address.js'
import { connect, type LinkOptions, type SocketEngine } from '../../src/link/socket-engine.js'
import { type SocketServer, serve } from '../../src/server/socket-server.js'

export const token = 'the-token-of-this-test'

export interface Place {
  readonly folder: string
  readonly socketPath: string
  readonly tokenFile: string
}

export function placeFor(t: Test): Place {
  const folder = t.testdir({ token: `${token}\n` })
  const runtime = mkdtempSync(join(tmpdir(), 'jetpack-test-'))
  t.teardown(() => rmSync(runtime, { recursive: true, force: true }))
  return {
    folder,
    socketPath: socketAddress(join(folder, 'sock'), runtime),
    tokenFile: join(folder, 'token'),
  }
}

export interface Served extends Place {
  readonly server: SocketServer
  readonly link: SocketEngine
  readonly bugs: unknown[]
}

/** Ends with the test. */
export async function served(t: Test, engine: Engine, options: Partial<LinkOptions> = {}): Promise<Served> {
  const place = placeFor(t)
  const bugs: unknown[] = []
  const signal = new AbortController().signal
  const server = await serve({
    engine,
    socketPath: place.socketPath,
    token,
    signal,
    onBug: bug => bugs.push(bug),
  })
  const link = connect({ ...place, ...options })
  t.teardown(async () => {
    link[Symbol.dispose]()
    await server[Symbol.asyncDispose]()
  })
  return { ...place, server, link, bugs }
}

/** For calls that nobody means to abort. */
export const never: AbortSignal = new AbortController().signal
