// A person wrote a task file. Their fields are taken over into the task as it is now, for the engine may have gone
// on since the file was read. A new status is a command and is carried out as one.

import { mergeHandEdit } from '../../model/hand-edit.js'
import type { Task } from '../../model/task.js'
import type { Turn } from '../turn.js'
import { admitTask } from './admit-task.js'

export function taskEdited(turn: Turn, edit: { readonly task: Task }): void {
  const known = turn.task(edit.task.id)
  if (known === undefined) {
    turn.saveTask(
      admitTask({ ...edit.task, attempts: [...edit.task.attempts] }, turn.at, 'person'),
      {},
      { by: 'person', reason: 'written by hand' },
    )
    return
  }
  turn.saveTask(mergeHandEdit(known, edit.task), {}, { by: 'person', reason: 'edited by hand' })
}
