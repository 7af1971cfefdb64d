// The last word of a command that failed, and its exit code: 2 for what the person can mend (usage, configuration,
// the state of the repository), 1 for an import with something bad in it, 70 for a bug of ours.

import { JetpackError } from '../../core/fault.js'
import { plain } from './print.js'

export const exitCodes = { ok: 0, red: 1, usage: 2, bug: 70 } as const

/** Prints the fault on standard error and gives the exit code. */
export function reportFault(error: unknown, asJson: boolean): number {
  const fault = error instanceof JetpackError ? error : faultOfSystem(error)
  if (fault === null) {
    process.stderr.write(`jetpack: this is a bug in jetpack, please report it.\n${stackOf(error)}\n`)
    return exitCodes.bug
  }
  const { code, message, hint } = fault
  if (asJson) process.stderr.write(`${JSON.stringify({ error: { code, message, hint } })}\n`)
  else {
    process.stderr.write(`jetpack: ${plain(message)}\n`)
    if (hint !== null) process.stderr.write(`  ${plain(hint)}\n`)
  }
  return code === 'import_invalid' ? exitCodes.red : exitCodes.usage
}

const systemReasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the disk',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a part of the path is not a folder',
  EISDIR: 'it is a folder',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  ENOENT: 'there is no such file',
  EEXIST: 'something is in the way',
}

/** A refusal of the operating system is no bug: the sentence names what was tried and on which path. */
function faultOfSystem(error: unknown): JetpackError | null {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return null
  const reason = systemReasons[String(error.code)]
  if (reason === undefined) return null
  const path = 'path' in error ? ` "${String(error.path)}"` : ''
  return new JetpackError('write_failed', `Cannot ${String(error.syscall)}${path}: ${reason}.`, null, error)
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
