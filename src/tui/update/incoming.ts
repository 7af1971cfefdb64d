// What comes in from the engine: events, answers and the state of the link.

import type { StatusView, ViewEvent } from '../../core/wire/views.js'
import type { Message, View } from '../model.js'
import { say } from './deeds.js'
import { withChangedRows } from './table.js'

/** After a failed fetch the next one waits this long. */
export const quietMs = 1000

export function withEvent(view: View, event: ViewEvent): View {
  switch (event.kind) {
    case 'hello':
      return withEverythingStale(view)
    case 'changed': {
      const changed = withChangedRows(view, event.rows)
      return withStatus({ ...changed, changes: view.changes + 1 }, event.status)
    }
    case 'announced':
      return say(view, event.level, event.text)
  }
}

/** The link's own news; once it is up again, everything known may be old. */
export function withLink(view: View, message: Message & { kind: 'link' }): View {
  const link = { state: message.state, since: message.since }
  if (message.state === 'down') return { ...view, link }
  return withEverythingStale({ ...view, link })
}

/** Takes a newer status; one that was overtaken on the way is dropped. */
export function withStatus(view: View, status: StatusView): View {
  const { status: before, statusFloor: floor } = view
  const isOld = status.epoch < floor.epoch || (status.epoch === floor.epoch && status.seq < floor.seq)
  if (isOld) return { ...view, statusStale: false, statusAt: view.at }
  const hasEnded = before?.run?.state !== 'ended' && status.run?.state === 'ended'
  return {
    ...view,
    status,
    statusStale: false,
    statusAt: view.at,
    statusFloor: { epoch: status.epoch, seq: status.seq },
    // The message line is free for the end of the run.
    notice: hasEnded ? null : view.notice,
  }
}

function withEverythingStale(view: View): View {
  const { open, log } = view
  return {
    ...view,
    statusStale: true,
    // Another orchestrator, or files, may count from elsewhere.
    statusFloor: { epoch: 0, seq: 0 },
    changes: view.changes + 1,
    quietUntil: 0,
    open: open === null ? null : { ...open, changes: open.changes + 1 },
    log: { ...log, open: log.target !== null },
  }
}
