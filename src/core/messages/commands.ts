// What a person or an agent may ask for, as one closed union. The CLI, the TUI's keys and `POST /v1/commands`
// all say these; `decide` answers each with done or refused.

import type { TaskId } from '../model/task.js'
import type { TaskFile } from '../schema/task.js'

export type Command =
  | { readonly name: 'add'; readonly args: { readonly task: TaskFile } }
  /** Everything or nothing: one commit. `flawed` tasks are written although their graph has cycles or dangling edges. */
  | {
      readonly name: 'import'
      readonly args: {
        readonly tasks: readonly TaskFile[]
        readonly source: string
        readonly flawed: boolean
      }
    }
  | {
      readonly name: 'retry'
      readonly args: { readonly ids: readonly TaskId[] | 'failed' }
    }
  /** `to` names a seat or an executor. */
  | { readonly name: 'reassign'; readonly args: { readonly ids: readonly TaskId[]; readonly to: string } }
  | { readonly name: 'kill'; readonly args: { readonly ids: readonly TaskId[] } }
  | { readonly name: 'pause'; readonly args: Record<string, never> }
  | { readonly name: 'resume'; readonly args: Record<string, never> }
  | { readonly name: 'stop'; readonly args: { readonly now: boolean } }

export type CommandName = Command['name']

export interface CommandRequest {
  readonly command: Command
  /** Who asks, for the history: a user name, `tui:<user>`, `agent:<task>`. */
  readonly by: string
  /** The same id twice is carried out once. */
  readonly requestId: string
}

/** What became of a command. `message` is one sentence for a person. */
export type CommandReply =
  | {
      readonly ok: true
      readonly requestId: string
      readonly message: string
      readonly ids: readonly TaskId[]
    }
  | {
      readonly ok: false
      readonly requestId: string
      readonly code: 'refused' | 'unknown_task' | 'invalid'
      readonly message: string
      readonly hint: string | null
    }

/** How many answers to commands are remembered. */
export const rememberedRequests = 1000
