// Faults: things that go wrong outside our rules (disk full, git missing, broken JSON). Outcomes of
// attempts are values and never come this way; bugs throw plain errors and are left to recovery.

/** What kind of fault it is; scripts may branch on it, so a code once published keeps its meaning. */
export type FaultCode =
  | 'usage'
  | 'config_invalid'
  | 'not_a_repository'
  | 'repository_has_no_commits'
  | 'repository_not_ours'
  | 'not_initialised'
  | 'task_invalid'
  | 'task_unknown'
  | 'task_exists'
  | 'graph_invalid'
  | 'command_refused'
  | 'import_invalid'
  | 'already_running'
  | 'not_running'
  | 'no_agents'
  | 'lock_held'
  | 'branch_moved'
  | 'branch_checked_out'
  | 'branch_broken'
  | 'write_failed'
  | 'git_failed'
  | 'git_missing'
  | 'spawn_failed'
  | 'orchestrator_silent'
  | 'reply_invalid'

/**
 * One clear sentence for a person: `message` says what was being done and what was found,
 * `hint` what to do about it.
 */
export class JetpackError extends Error {
  readonly code: FaultCode
  readonly hint: string | null

  constructor(code: FaultCode, message: string, hint: string | null = null, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'JetpackError'
    this.code = code
    this.hint = hint
  }
}

/** For a `switch` over a closed union in statement position: a missing case does not compile. */
export function unreachable(value: never): never {
  throw new Error(`Unreachable value: ${JSON.stringify(value)}`)
}
