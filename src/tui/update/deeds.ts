// What the acting keys do: each names its tasks, asks first where that is due, and ends in a command to the
// engine. A question always opens with the focus on Cancel.

import type { Command } from '../../core/messages/commands.js'
import type { Button, Deed, Dialog, TuiExit, View, ViewCommand } from '../model.js'

export interface Step {
  readonly view: View
  readonly commands: readonly ViewCommand[]
}

export function step(view: View, ...commands: readonly ViewCommand[]): Step {
  return { view, commands }
}

export function say(view: View, level: 'info' | 'warning', text: string): View {
  return { ...view, notice: { level, text, at: view.at } }
}

/** Carries out what a button or a choice stands for and closes its dialog. */
export function carryOut(view: View, deed: Deed): Step {
  const closed = { ...view, dialog: null }
  switch (deed.kind) {
    case 'close':
      return step(closed)
    case 'send':
      return send(closed, deed.command)
    case 'exit':
      return step(closed, { kind: 'exit', exit: deed.exit, first: deed.first })
  }
}

/** A command about marked tasks uses up their marks. */
function send(view: View, command: Command): Step {
  const isAboutTasks = command.name === 'retry' || command.name === 'reassign' || command.name === 'kill'
  const marks = isAboutTasks && view.open === null ? new Set<string>() : view.marks
  return step({ ...view, marks }, { kind: 'send', command })
}

/** The open task; else all marked ones; else the selected one. */
function targetsOf(view: View): readonly string[] {
  if (view.open !== null) return [view.open.row.id]
  if (view.marks.size > 0) return [...view.marks]
  return view.selection.kind === 'row' ? [view.selection.row.id] : []
}

function noTarget(view: View): Step {
  return step(say(view, 'info', 'No task is selected: j and k choose one.'))
}

/** One task at once, several after a question. */
export function retry(view: View): Step {
  const ids = targetsOf(view)
  if (ids.length === 0) return noTarget(view)
  const command: Command = { name: 'retry', args: { ids } }
  if (ids.length === 1) return send(view, command)
  return ask(view, `Retry ${ids.length} tasks?`, [listed(ids)], 'Retry', command)
}

/** A picker of seats and executors. */
export function reassign(view: View): Step {
  const ids = targetsOf(view)
  if (ids.length === 0) return noTarget(view)
  const seats = view.status?.seats ?? []
  if (seats.length === 0) return step(say(view, 'info', 'The crew is not known yet; nothing to reassign to.'))
  const deedFor = (to: string): Deed => ({ kind: 'send', command: { name: 'reassign', args: { ids, to } } })
  const executors = [...new Set(seats.map(seat => seat.executor))]
  const choices = [
    ...seats.map(seat => ({
      label: `${seat.name}  ${seat.state}${seat.task === null ? '' : ` ${seat.task}`}`,
      deed: deedFor(seat.name),
    })),
    ...executors.map(name => ({ label: `any ${name} seat`, deed: deedFor(name) })),
  ]
  const title = `Reassign ${ids.length === 1 ? ids[0] : `${ids.length} tasks`} to`
  return step({ ...view, dialog: { kind: 'picker', title, choices, focus: 0, openedAt: view.at } })
}

/** Ends running attempts, always after a question. */
export function kill(view: View): Step {
  const ids = targetsOf(view)
  if (ids.length === 0) return noTarget(view)
  const known = view.open?.row ?? (view.selection.kind === 'row' ? view.selection.row : null)
  if (ids.length === 1 && known?.id === ids[0] && known?.status !== 'in_progress')
    return step(say(view, 'info', `${ids[0]} has no running attempt.`))
  const title =
    ids.length === 1 ? `End the attempt of ${ids[0]}?` : `End the attempts of ${ids.length} tasks?`
  const lines = [...(ids.length === 1 ? [] : [listed(ids)]), 'Work so far is kept on the branch of its task.']
  return ask(view, title, lines, 'End', { name: 'kill', args: { ids } })
}

/** Pausing asks; resuming does not. */
export function pause(view: View): Step {
  const run = view.status?.run ?? null
  if (run === null || run.state === 'ended') return step(say(view, 'info', 'No run is under way.'))
  if (run.paused) return send(view, { name: 'resume', args: {} })
  return ask(view, 'Pause the run?', ['Running agents go on; no new one starts.'], 'Pause', {
    name: 'pause',
    args: {},
  })
}

/** Leaves; in a demo that still runs it asks whether to stop it. */
export function quit(view: View): Step {
  const exit = exitNow(view)
  if (view.mode === 'attach' || exit.kind === 'ended') return step(view, { kind: 'exit', exit, first: null })
  const buttons: readonly Button[] = [
    { label: 'Cancel', key: 'n', deed: { kind: 'close' } },
    { label: 'Leave', key: 'l', deed: { kind: 'exit', exit: { kind: 'left' }, first: null } },
    {
      label: 'Stop',
      key: 's',
      deed: { kind: 'exit', exit: { kind: 'stopped' }, first: { name: 'stop', args: { now: true } } },
    },
  ]
  const lines = ['Leave: the demo goes on without a viewer.', 'Stop: the demo ends now.']
  return step({ ...view, dialog: question(view, 'Leave the demo or stop it?', lines, buttons) })
}

/** How leaving at this moment counts. */
export function exitNow(view: View): TuiExit {
  return view.status?.run?.state === 'ended' ? { kind: 'ended' } : { kind: 'left' }
}

function ask(view: View, title: string, lines: readonly string[], label: string, command: Command): Step {
  const buttons: readonly Button[] = [
    { label: 'Cancel', key: 'n', deed: { kind: 'close' } },
    { label, key: 'y', deed: { kind: 'send', command } },
  ]
  return step({ ...view, dialog: question(view, title, lines, buttons) })
}

function question(view: View, title: string, lines: readonly string[], buttons: readonly Button[]): Dialog {
  return { kind: 'question', title, lines, buttons, focus: 0, openedAt: view.at }
}

function listed(ids: readonly string[]): string {
  const shown = ids.slice(0, 4).join(', ')
  return ids.length > 4 ? `${shown} and ${ids.length - 4} more` : shown
}
