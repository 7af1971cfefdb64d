// The key map: one table from which the keys, the hint bar and the help are all made. No single lower-case key
// destroys anything.

import type { Key } from './input/key-decoder.js'

export type Action =
  | 'down'
  | 'up'
  | 'first'
  | 'last'
  | 'pageDown'
  | 'pageUp'
  | 'open'
  | 'back'
  | 'mark'
  | 'markShown'
  | 'unmarkAll'
  | 'retry'
  | 'reassign'
  | 'pause'
  | 'kill'
  | 'help'
  | 'quit'
  | 'leave'
  | 'repaint'

export interface Binding {
  readonly action: Action
  /** Names as `keyName` gives them. */
  readonly keys: readonly string[]
  /** How the keys are written for a person. */
  readonly shown: string
  readonly does: string
  /** Short form for the hint bar; null: not there. */
  readonly hint: Hint | null
}

/** The lower the rank the longer it stays when room is short. */
export interface Hint {
  readonly text: string
  readonly rank: number
  readonly on: Place | 'both'
}

/** What the keys act on: the table of tasks, or one open task. */
export type Place = 'table' | 'task'

export const bindings: readonly Binding[] = [
  {
    action: 'down',
    keys: ['j', 'down'],
    shown: 'j down',
    does: 'next line',
    hint: { text: 'j/k move', rank: 3, on: 'both' },
  },
  { action: 'up', keys: ['k', 'up'], shown: 'k up', does: 'line before', hint: null },
  { action: 'first', keys: ['g', 'home'], shown: 'g home', does: 'first line', hint: null },
  { action: 'last', keys: ['G', 'end'], shown: 'G end', does: 'last line; a log follows again', hint: null },
  {
    action: 'pageDown',
    keys: ['ctrl-d', 'pagedown'],
    shown: 'ctrl-d pgdn',
    does: 'half a screen on',
    hint: null,
  },
  {
    action: 'pageUp',
    keys: ['ctrl-u', 'pageup'],
    shown: 'ctrl-u pgup',
    does: 'half a screen back',
    hint: null,
  },
  {
    action: 'open',
    keys: ['enter'],
    shown: 'enter',
    does: 'open the task: its facts and its log',
    hint: { text: 'enter open', rank: 2, on: 'table' },
  },
  {
    action: 'back',
    keys: ['escape'],
    shown: 'esc',
    does: 'back, innermost first',
    hint: { text: 'esc back', rank: 2, on: 'task' },
  },
  {
    action: 'mark',
    keys: ['space'],
    shown: 'space',
    does: 'mark the task or take its mark off',
    hint: { text: 'space mark', rank: 6, on: 'table' },
  },
  { action: 'markShown', keys: ['*'], shown: '*', does: 'mark all tasks on the screen', hint: null },
  { action: 'unmarkAll', keys: ['u'], shown: 'u', does: 'take all marks off', hint: null },
  {
    action: 'retry',
    keys: ['r'],
    shown: 'r',
    does: 'retry the task, or all marked ones',
    hint: { text: 'r retry', rank: 4, on: 'both' },
  },
  {
    action: 'reassign',
    keys: ['a'],
    shown: 'a',
    does: 'reassign the task, or all marked ones, to a seat or an executor',
    hint: { text: 'a reassign', rank: 5, on: 'both' },
  },
  {
    action: 'pause',
    keys: ['p', 'P'],
    shown: 'p',
    does: 'pause or resume the run: running agents go on, none starts',
    hint: { text: 'p pause', rank: 7, on: 'both' },
  },
  {
    action: 'kill',
    keys: ['x'],
    shown: 'x',
    does: 'end the running attempt of the task, or of all marked ones',
    hint: { text: 'x kill', rank: 8, on: 'both' },
  },
  { action: 'repaint', keys: ['ctrl-l'], shown: 'ctrl-l', does: 'paint the screen anew', hint: null },
  {
    action: 'help',
    keys: ['?'],
    shown: '?',
    does: 'these keys',
    hint: { text: '? help', rank: 1, on: 'both' },
  },
  {
    action: 'quit',
    keys: ['q'],
    shown: 'q',
    does: 'close what is open, else leave; the run goes on',
    hint: { text: 'q leave', rank: 0, on: 'both' },
  },
  { action: 'leave', keys: ['ctrl-c'], shown: 'ctrl-c', does: 'leave at once; the run goes on', hint: null },
]

const actions = new Map(bindings.flatMap(binding => binding.keys.map(key => [key, binding.action] as const)))

/** "j", "enter", "ctrl-d". */
export function keyName(key: Key): string {
  return key.ctrl ? `ctrl-${key.name}` : key.name
}

export function actionOf(key: Key): Action | null {
  return actions.get(keyName(key)) ?? null
}

/** As many hints as `width` cells hold, the most needed ones kept, in the order of the table. */
export function hintsFor(width: number, place: Place): readonly string[] {
  const hints = bindings.flatMap(({ hint }) =>
    hint !== null && (hint.on === 'both' || hint.on === place) ? [hint] : [],
  )
  const kept = new Set<Hint>()
  let used = 1
  for (const hint of hints.toSorted((a, b) => a.rank - b.rank)) {
    used += hint.text.length + 2
    if (used > width) break
    kept.add(hint)
  }
  return hints.filter(hint => kept.has(hint)).map(hint => hint.text)
}
