// Variables that every agent gets: who it is, where its orchestrator listens, and a git that asks nothing, signs
// nothing, collects no garbage and pushes nowhere. Limit: a remote with an explicit `pushurl` is not redirected.

import type { LaunchContext } from './executor.js'

/** Settings for the agent's git, in order. An empty `pushInsteadOf` matches the beginning of every push URL. */
const gitSettings: readonly (readonly [string, string])[] = [
  ['commit.gpgSign', 'false'],
  ['tag.gpgSign', 'false'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['url.jetpack-does-not-push://.pushInsteadOf', ''],
]

/** The seat's own variables first: none of them can hide ours. */
export function agentEnvironment(context: LaunchContext): Readonly<Record<string, string>> {
  const { task, seat } = context
  return {
    ...seat.env,
    JETPACK_TASK: task.id,
    JETPACK_ATTEMPT: String(context.n),
    JETPACK_SEAT: seat.name,
    JETPACK_SEAT_INDEX: String(seat.index),
    JETPACK_RUN: context.runId,
    JETPACK_MARK: context.mark,
    JETPACK_PROMPT_FILE: context.promptFile,
    JETPACK_SOCKET: context.socketPath,
    JETPACK_TOKEN: context.token,
    GIT_EDITOR: 'true',
    GIT_TERMINAL_PROMPT: '0',
    CI: '1',
    ...gitConfigVariables(),
  }
}

function gitConfigVariables(): Readonly<Record<string, string>> {
  const variables: Record<string, string> = { GIT_CONFIG_COUNT: String(gitSettings.length) }
  for (const [i, [key, value]] of gitSettings.entries()) {
    variables[`GIT_CONFIG_KEY_${i}`] = key
    variables[`GIT_CONFIG_VALUE_${i}`] = value
  }
  return variables
}
