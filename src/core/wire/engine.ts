// The one interface to a repository's engine, implemented over the socket (`link/`) and in process (`runtime/`).

import type { CommandReply, CommandRequest } from '../messages/commands.js'
import type { TaskId } from '../model/task.js'
import type { LogChunk, StatusView, TaskDetail, TaskPage, TaskQuery, ViewEvent } from './views.js'

/** An `AbortSignal`; the core is compiled without Node's types and names only what every one has. */
export interface Cancel {
  readonly aborted: boolean
}

export interface Engine {
  status(signal: Cancel): Promise<StatusView>
  tasks(query: TaskQuery, signal: Cancel): Promise<TaskPage>
  /** Fails with `task_unknown`. */
  task(id: TaskId, signal: Cancel): Promise<TaskDetail>
  /** At most 64 KiB from byte `from`; a negative `from` counts from the end. `attempt` null: the last one. */
  log(id: TaskId, attempt: number | null, from: number, signal: Cancel): Promise<LogChunk>
  /** Ends when the signal is aborted or the link breaks; begins with `hello`. */
  events(signal: Cancel): AsyncIterable<ViewEvent>
  command(request: CommandRequest, signal: Cancel): Promise<CommandReply>
}

/** Most bytes of output that one `log` answer carries. */
export const logChunkBytes = 65_536
