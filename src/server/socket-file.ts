// The socket's place in the file system: its folder is for this user only, a file that a dead orchestrator left is removed,
// and a living one's is never taken. Only the holder of the engine lock may come here: between the knock and the removal
// there is no other protection.

import { chmod, lstat, mkdir, unlink } from 'node:fs/promises'
import { connect } from 'node:net'
import { dirname } from 'node:path'
import { JetpackError } from '../core/fault.js'
import { socketPathBytes, utf8Length } from '../core/wire/socket-address.js'

/** How long a knock at an existing socket may take. */
const knockMs = 1_000

/**
 * Makes `socketPath` free to listen on. Fails with `already_running` when somebody answers there, with
 * `repository_not_ours` when the folder or the file belongs to another user, with `usage` when the path is no use.
 */
export async function claimSocketPath(socketPath: string): Promise<void> {
  if (utf8Length(socketPath) > socketPathBytes) {
    const message = `Cannot listen on "${socketPath}": it is longer than ${socketPathBytes} bytes.`
    throw new JetpackError('usage', message, 'Give a runtime folder with a shorter path.')
  }
  await makePrivate(dirname(socketPath))
  const kind = await kindOf(socketPath)
  if (kind === 'nothing') return
  if (kind === 'other') {
    const message = `Cannot listen on "${socketPath}": there is something that is not a socket.`
    throw new JetpackError('usage', message, 'Look at it and move it away.')
  }
  if (await somebodyListens(socketPath)) {
    const message = `Cannot listen on "${socketPath}": another orchestrator answers there.`
    throw new JetpackError('already_running', message, 'Attach to it, or stop it first.')
  }
  await unlink(socketPath)
}

/** Read and write for this user only. */
export async function restrictSocket(socketPath: string): Promise<void> {
  await chmod(socketPath, 0o600)
}

async function makePrivate(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const { mode, uid } = await lstat(folder)
  const ours = uid === process.getuid?.()
  // In a shared folder such as /tmp the sticky bit keeps others from replacing our socket.
  const sticky = (mode & 0o1000) !== 0
  if (!ours && !sticky) {
    const message = `Cannot listen in "${folder}": the folder belongs to user ${uid}.`
    throw new JetpackError('repository_not_ours', message, 'Run jetpack as the user who owns the repository.')
  }
  if (ours && !sticky && (mode & 0o077) !== 0) await chmod(folder, 0o700)
}

async function kindOf(path: string): Promise<'nothing' | 'socket' | 'other'> {
  try {
    return (await lstat(path)).isSocket() ? 'socket' : 'other'
  } catch (error) {
    // That nothing is there is the usual case.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'nothing'
    throw error
  }
}

// Only a refused connection proves that nobody listens. A stopped orchestrator accepts through its backlog or, when that
// is full, leaves us waiting: it lives and keeps its socket.
function somebodyListens(socketPath: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(socketPath)
    const decide = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(knockMs, () => decide(true))
    socket.once('connect', () => decide(true))
    socket.once('error', error =>
      decide(!('code' in error && (error.code === 'ECONNREFUSED' || error.code === 'ENOENT'))),
    )
  })
}
