// What went wrong on the way to the orchestrator, as faults. `not_running` is said only when nobody was there to take the
// request, so that whoever gets it knows that nothing was done; an answer that breaks off is `orchestrator_silent`.

import { type FaultCode, JetpackError } from '../core/fault.js'

const versionsHint = 'Viewer and orchestrator may be of different versions.'

// The compiler keeps this list as long as the union.
const faultCodes: Readonly<Record<FaultCode, true>> = {
  usage: true,
  config_invalid: true,
  not_a_repository: true,
  repository_has_no_commits: true,
  repository_not_ours: true,
  not_initialised: true,
  task_invalid: true,
  task_unknown: true,
  task_exists: true,
  graph_invalid: true,
  command_refused: true,
  import_invalid: true,
  already_running: true,
  not_running: true,
  no_agents: true,
  lock_held: true,
  branch_moved: true,
  branch_checked_out: true,
  branch_broken: true,
  write_failed: true,
  git_failed: true,
  git_missing: true,
  spawn_failed: true,
  orchestrator_silent: true,
  reply_invalid: true,
}

/** For an error that node:http met while it was doing `what`, e.g. "asking for the status". */
export function linkFault(error: unknown, what: string): unknown {
  if (error instanceof JetpackError || !(error instanceof Error)) return error
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (code === 'ECONNREFUSED' || code === 'ENOENT' || code === 'ENOTDIR') return notRunning(what, error)
  if (code === 'EACCES' || code === 'EPERM') {
    const message = `Failed ${what}: the socket belongs to another user.`
    return new JetpackError(
      'repository_not_ours',
      message,
      'Use jetpack as the user who runs it here.',
      error,
    )
  }
  if (code.startsWith('HPE_')) {
    const message = `Failed ${what}: what answers does not speak HTTP (${code}).`
    return new JetpackError('reply_invalid', message, versionsHint, error)
  }
  return new JetpackError(
    'orchestrator_silent',
    `Failed ${what}: the link broke (${code || error.message}).`,
    'Ask again.',
    error,
  )
}

export function notRunning(what: string, cause?: unknown): JetpackError {
  const message = `Failed ${what}: no orchestrator is running here.`
  return new JetpackError('not_running', message, 'Start one with "jetpack run".', cause)
}

export function silent(what: string, ms: number): JetpackError {
  const message = `Failed ${what}: the orchestrator did not answer within ${ms} ms.`
  return new JetpackError(
    'orchestrator_silent',
    message,
    'It may be stopped or very busy; "jetpack doctor" looks.',
  )
}

export function replyInvalid(what: string, found: string, cause?: unknown): JetpackError {
  return new JetpackError('reply_invalid', `Failed ${what}: the answer ${found}.`, versionsHint, cause)
}

/** The fault that an error reply with this HTTP status tells of. */
export function faultOfReply(status: number, body: unknown, what: string): JetpackError {
  const error = fieldOf(body, 'error')
  const code = fieldOf(error, 'code')
  const message = fieldOf(error, 'message')
  const hint = fieldOf(error, 'hint')
  if (typeof message !== 'string') return replyInvalid(what, `has status ${status} and says nothing`)
  if (!isFaultCode(code)) return replyInvalid(what, `has status ${status} and says: ${message}`)
  return new JetpackError(code, message, typeof hint === 'string' ? hint : null)
}

export function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  return (value as Readonly<Record<string, unknown>>)[name]
}

function isFaultCode(code: unknown): code is FaultCode {
  return typeof code === 'string' && Object.hasOwn(faultCodes, code)
}
