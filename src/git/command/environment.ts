// The settings under which every git of ours runs: no hook, no signing, no background work, everything synced,
// and nothing of the caller's environment that could point git at another repository.

/** Whose name our commits carry. */
export const identity = { name: 'jetpack', email: 'jetpack@localhost' } as const

/** Settings passed with `-c`; the person's configuration files are read but never written. */
export const settings: readonly string[] = [
  'core.hooksPath=/dev/null',
  'core.fsync=all',
  'core.fsyncMethod=fsync',
  'core.fsmonitor=false',
  'core.safecrlf=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'commit.gpgSign=false',
  'tag.gpgSign=false',
  'rerere.enabled=false',
  'submodule.recurse=false',
  'branch.autoSetupMerge=false',
  'log.showSignature=false',
  'color.ui=false',
]

/** The settings as arguments that go before the name of the git command. */
export const settingArguments: readonly string[] = settings.flatMap(setting => ['-c', setting])

/**
 * What `git rev-parse --local-env-vars` names, and what else redirects git, prompts, or writes traces between
 * the lines we read. Undefined takes a variable out of the child's environment.
 */
const scrubbed = [
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_CONFIG',
  'GIT_CONFIG_PARAMETERS',
  'GIT_CONFIG_COUNT',
  'GIT_OBJECT_DIRECTORY',
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_IMPLICIT_WORK_TREE',
  'GIT_GRAFT_FILE',
  'GIT_INDEX_FILE',
  'GIT_NO_REPLACE_OBJECTS',
  'GIT_REPLACE_REF_BASE',
  'GIT_PREFIX',
  'GIT_INTERNAL_SUPER_PREFIX',
  'GIT_SHALLOW_FILE',
  'GIT_COMMON_DIR',
  'GIT_NAMESPACE',
  'GIT_QUARANTINE_PATH',
  'GIT_INDEX_VERSION',
  'GIT_LITERAL_PATHSPECS',
  'GIT_GLOB_PATHSPECS',
  'GIT_NOGLOB_PATHSPECS',
  'GIT_ICASE_PATHSPECS',
  'GIT_DEFAULT_HASH',
  'GIT_EXTERNAL_DIFF',
  'GIT_REFLOG_ACTION',
  'GIT_AUTHOR_DATE',
  'GIT_COMMITTER_DATE',
  'GIT_TRACE',
  'GIT_TRACE2',
  'GIT_TRACE2_EVENT',
  'GIT_TRACE2_PERF',
  'GIT_TRACE_SETUP',
  'GIT_TRACE_PERFORMANCE',
  'GIT_REDIRECT_STDERR',
  'GIT_REDIRECT_STDOUT',
  'GIT_EDITOR',
  'GIT_SEQUENCE_EDITOR',
  'GIT_ASKPASS',
  'GIT_PAGER',
] as const

/** Added to the inherited environment of every git of ours. */
export const gitEnvironment: Readonly<Record<string, string | undefined>> = {
  ...Object.fromEntries(scrubbed.map(name => [name, undefined])),
  GIT_AUTHOR_NAME: identity.name,
  GIT_AUTHOR_EMAIL: identity.email,
  GIT_COMMITTER_NAME: identity.name,
  GIT_COMMITTER_EMAIL: identity.email,
  // Reading must not refresh, and so rewrite, an index.
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C',
}
