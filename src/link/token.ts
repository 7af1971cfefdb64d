// The token that commands must carry. It is read when a command is sent, so that looking needs no secret, and it goes to nobody
// but a socket of our own user.

import { lstat, readFile } from 'node:fs/promises'
import { JetpackError } from '../core/fault.js'
import { linkFault } from './link-fault.js'

/** Fails with `not_running` when there is no socket or no token, `repository_not_ours` when another user listens. */
export async function readToken(tokenFile: string, socketPath: string, what: string): Promise<string> {
  try {
    const { uid } = await lstat(socketPath)
    if (uid !== process.getuid?.()) {
      const message = `Failed ${what}: the socket belongs to user ${uid}.`
      throw new JetpackError('repository_not_ours', message, 'Use jetpack as the user who runs it here.')
    }
    const token = (await readFile(tokenFile, 'utf8')).trim()
    if (/^[\x21-\x7e]{1,512}$/.test(token)) return token
  } catch (error) {
    throw linkFault(error, what)
  }
  const message = `Failed ${what}: the token file "${tokenFile}" does not hold one word of printable characters.`
  throw new JetpackError('command_refused', message, 'Restart the orchestrator; it writes a new one.')
}
