// The next view and what to do about it: pure, total, and the only place where a view changes.

import { actionOf } from './keys.js'
import type { Message, OpenTask, View } from './model.js'
import { exitNow, kill, pause, quit, reassign, retry, type Step, say, step } from './update/deeds.js'
import { dialogKey } from './update/dialog-keys.js'
import { quietMs, withEvent, withLink, withStatus } from './update/incoming.js'
import { aimLog, scrollLog, withLogChunk } from './update/log-tail.js'
import { moveBy, moveTo, pageHeight, shownRows, withPage, withVisibleSelection } from './update/table.js'
import { tierFor } from './view/layout.js'

export function update(view: View, message: Message): Step {
  const timed = 'at' in message ? { ...view, at: message.at } : view
  const { view: next, commands } = answer(timed, message)
  return { view: aimLog(next), commands }
}

function answer(view: View, message: Message): Step {
  switch (message.kind) {
    case 'key':
      return pressed(view, message)
    case 'resized': {
      const resized = { ...view, size: message.size, tier: tierFor(message.size, view.tier) }
      return step(withVisibleSelection(resized))
    }
    case 'ticked':
      return step(view)
    case 'event':
      return step(withEvent(view, message.event))
    case 'link':
      return step(withLink(view, message))
    case 'statusLoaded':
      return step(withStatus(view, message.status))
    case 'rowsLoaded':
      return step(withPage(view, message.page, message.asOf, message.at))
    case 'detailLoaded':
      return step(withDetail(view, message))
    case 'logLoaded':
      return step(withLogChunk(view, message.target, message.chunk, message.at))
    case 'fetchFailed':
      return step(say({ ...view, quietUntil: view.at + quietMs }, 'warning', message.text))
    case 'replied': {
      const { reply } = message
      const hint = !reply.ok && reply.hint !== null ? ` ${reply.hint}` : ''
      return step(say(view, reply.ok ? 'info' : 'warning', reply.message + hint))
    }
    case 'sendFailed':
      return step(say(view, 'warning', message.text))
  }
}

function pressed(view: View, message: Message & { kind: 'key' }): Step {
  const action = actionOf(message.key)
  // These two work everywhere: the reflex must be harmless, and a broken screen must be mendable.
  if (action === 'leave') return step(view, { kind: 'exit', exit: exitNow(view), first: null })
  if (action === 'repaint') return step(view, { kind: 'repaint' })
  if (view.dialog !== null) return dialogKey(view, view.dialog, message.key)
  switch (action) {
    case 'retry':
      return retry(view)
    case 'reassign':
      return reassign(view)
    case 'kill':
      return kill(view)
    case 'pause':
      return pause(view)
    case 'help':
      return step({ ...view, dialog: { kind: 'help', scroll: 0, openedAt: view.at } })
    case 'quit':
      return view.open === null ? quit(view) : step({ ...view, open: null })
    case null:
      return step(view)
    default:
      return step(view.open === null ? movedInTable(view, action) : movedInLog(view, action))
  }
}

type Move = Exclude<
  ReturnType<typeof actionOf>,
  'retry' | 'reassign' | 'kill' | 'pause' | 'help' | 'quit' | 'leave' | 'repaint' | null
>

function movedInTable(view: View, action: Move): View {
  const half = Math.max(1, Math.floor(pageHeight(view) / 2))
  switch (action) {
    case 'down':
      return moveBy(view, 1)
    case 'up':
      return moveBy(view, -1)
    case 'pageDown':
      return moveBy(view, half)
    case 'pageUp':
      return moveBy(view, -half)
    case 'first':
      return moveTo(view, 0)
    case 'last':
      return moveTo(view, view.table.matching - 1)
    case 'open':
      return opened(view)
    case 'back':
      return { ...view, selection: { kind: 'none' } }
    case 'mark':
      return marked(view)
    case 'markShown': {
      const shown = shownRows(view).flatMap(row => (row === null ? [] : [row.id]))
      return { ...view, marks: new Set([...view.marks, ...shown]) }
    }
    case 'unmarkAll':
      return { ...view, marks: new Set() }
  }
}

function movedInLog(view: View, action: Move): View {
  const half = Math.max(1, Math.floor(view.size.rows / 3))
  switch (action) {
    case 'down':
      return scrollLog(view, -1)
    case 'up':
      return scrollLog(view, 1)
    case 'pageDown':
      return scrollLog(view, -half)
    case 'pageUp':
      return scrollLog(view, half)
    case 'first':
      return scrollLog(view, Number.POSITIVE_INFINITY)
    case 'last':
      return scrollLog(view, Number.NEGATIVE_INFINITY)
    case 'back':
      return { ...view, open: null }
    case 'open':
    case 'mark':
    case 'markShown':
    case 'unmarkAll':
      return view
  }
}

function opened(view: View): View {
  if (view.selection.kind === 'none') return moveBy(view, 1)
  if (view.selection.kind === 'seek') return view
  const open: OpenTask = { row: view.selection.row, detail: null, changes: 0, asOf: -1, loadedAt: 0 }
  return { ...view, open }
}

function marked(view: View): View {
  if (view.selection.kind !== 'row') return say(view, 'info', 'No task is selected: j and k choose one.')
  const { id } = view.selection.row
  const marks = new Set(view.marks)
  if (!marks.delete(id)) marks.add(id)
  return { ...view, marks }
}

function withDetail(view: View, message: Message & { kind: 'detailLoaded' }): View {
  const { open } = view
  if (open === null || open.row.id !== message.detail.row.id) return view
  const { detail, asOf, at } = message
  return { ...view, open: { ...open, detail, row: detail.row, asOf, loadedAt: at } }
}
