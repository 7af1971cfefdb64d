// Answers to commands.

import type { CommandReply, CommandRequest } from '../../messages/commands.js'
import type { TaskId } from '../../model/task.js'

export function done(request: CommandRequest, message: string, ids: readonly TaskId[] = []): CommandReply {
  return { ok: true, requestId: request.requestId, message, ids }
}

export function refused(
  request: CommandRequest,
  message: string,
  hint: string | null = null,
  code: 'refused' | 'unknown_task' | 'invalid' = 'refused',
): CommandReply {
  return { ok: false, requestId: request.requestId, code, message, hint }
}

export function unknownTask(request: CommandRequest, id: TaskId): CommandReply {
  return refused(request, `There is no task "${id}".`, '`jetpack list` shows the ids.', 'unknown_task')
}

/** "1 task", "3 tasks". */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
