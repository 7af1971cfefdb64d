// Ids as typed on the command line.

import { JetpackError } from '../../core/fault.js'
import type { TaskId } from '../../core/model/task.js'
import { taskIdFlaw } from '../../core/model/task-id.js'

/** Faults: `usage` for what can be no id at all. */
export function requireTaskId(text: string): TaskId {
  const flaw = taskIdFlaw(text)
  if (flaw === null) return text
  throw new JetpackError(
    'usage',
    `${JSON.stringify(text.slice(0, 140))} is no task id: it ${flaw}.`,
    '`jetpack list` shows the ids.',
  )
}
