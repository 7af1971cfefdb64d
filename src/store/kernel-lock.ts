// The kernel's lock on an open file: it dies with its holder and cannot be stale. Node has no flock, so a small
// program locks our descriptor for us; the lock belongs to the open file and stays with us when the program ends.

import { spawn } from 'node:child_process'
import { JetpackError } from '../core/fault.js'

export type LockMode = 'exclusive' | 'shared'
export type LockTool = 'flock' | 'perl'

/** In the order in which they are tried: flock(1) is quicker, perl is there where it is missing, as on macOS. */
export const lockTools: readonly LockTool[] = ['flock', 'perl']

const probeTimeoutMs = 5000
/** Exit status of both programs when another holds the lock. */
const heldStatus = 1

const perlProgram =
  'use Fcntl ":flock"; open(my $f, "<&=", 3) or exit 70; ' +
  'exit 0 if flock($f, ($ARGV[0] eq "exclusive" ? LOCK_EX : LOCK_SH) | LOCK_NB); exit($!{EWOULDBLOCK} ? 1 : 71);'

/**
 * Tries once to lock the open file `fd`; false when another process holds it. The descriptor is handed to that
 * one program only: Node opens files close-on-exec. Faults: `spawn_failed`.
 */
export async function tryKernelLock(
  fd: number,
  mode: LockMode,
  signal: AbortSignal,
  tools: readonly LockTool[] = lockTools,
): Promise<boolean> {
  for (const tool of tools) {
    const status = await runTool(tool, fd, mode, signal)
    if (status === 'missing') continue
    if (status === 0) return true
    if (status === heldStatus) return false
    throw new JetpackError('spawn_failed', `Locking with ${tool} failed with status ${status}.`)
  }
  throw new JetpackError(
    'spawn_failed',
    `Locking failed: none of ${tools.join(', ')} is installed.`,
    'Install util-linux or perl.',
  )
}

function runTool(
  tool: LockTool,
  fd: number,
  mode: LockMode,
  signal: AbortSignal,
): Promise<number | string | 'missing'> {
  const args =
    tool === 'flock' ? [mode === 'exclusive' ? '-xn' : '-sn', '3'] : ['-MErrno', '-e', perlProgram, mode]
  return new Promise((resolve, reject) => {
    // Plain spawn: loading execa takes 100 ms, thirty times as long as this lock.
    const child = spawn(tool, args, {
      stdio: ['ignore', 'ignore', 'ignore', fd],
      timeout: probeTimeoutMs,
      killSignal: 'SIGKILL',
      signal,
    })
    child.once('error', error => {
      if ('code' in error && error.code === 'ENOENT') resolve('missing')
      else reject(error)
    })
    child.once('close', (code, signalName) => resolve(code ?? signalName ?? 'unknown'))
  })
}
