// The signs of states and lines, each with its ASCII twin. A state is always sign, word and colour together,
// so none of the three is needed alone.

import type { TaskRow } from '../../core/wire/views.js'
import type { Charset } from './cells.js'

export interface GlyphSet {
  readonly charset: Charset
  readonly run: string
  readonly gate: string
  readonly land: string
  readonly ready: string
  readonly wait: string
  readonly done: string
  readonly fail: string
  readonly ask: string
  readonly cancelled: string
  readonly rest: string
  readonly cursor: string
  readonly barFull: string
  readonly barEmpty: string
  readonly horizontal: string
  readonly vertical: string
  readonly topLeft: string
  readonly topRight: string
  readonly bottomLeft: string
  readonly bottomRight: string
}

const unicode: GlyphSet = {
  charset: 'unicode',
  run: '●',
  gate: '◐',
  land: '▲',
  ready: '◌',
  wait: '⊘',
  done: '✓',
  fail: '✗',
  ask: '◆',
  cancelled: '∅',
  rest: '‖',
  cursor: '▌',
  barFull: '█',
  barEmpty: '░',
  horizontal: '─',
  vertical: '│',
  topLeft: '┌',
  topRight: '┐',
  bottomLeft: '└',
  bottomRight: '┘',
}

const ascii: GlyphSet = {
  charset: 'ascii',
  run: '>',
  gate: '%',
  land: '^',
  ready: '.',
  wait: '#',
  done: '+',
  fail: 'x',
  ask: '?',
  cancelled: '-',
  rest: '=',
  cursor: '>',
  barFull: '#',
  barEmpty: '.',
  horizontal: '-',
  vertical: '|',
  topLeft: '+',
  topRight: '+',
  bottomLeft: '+',
  bottomRight: '+',
}

export function glyphSet(charset: Charset): GlyphSet {
  return charset === 'ascii' ? ascii : unicode
}

/** What the table says of a task: the status, with the phase or the waiting spelled out. */
export type TaskMood = 'run' | 'gate' | 'land' | 'ready' | 'wait' | 'done' | 'fail' | 'ask' | 'cancelled'

export function moodOf(row: TaskRow): TaskMood {
  switch (row.status) {
    case 'ready':
      return row.waiting ? 'wait' : 'ready'
    case 'in_progress':
      return row.phase === 'gates' ? 'gate' : row.phase === 'landing' ? 'land' : 'run'
    case 'completed':
      return 'done'
    case 'failed':
      return 'fail'
    case 'blocked':
      return 'ask'
    case 'cancelled':
      return 'cancelled'
  }
}

/** At most five letters each. */
export const moodWords: Readonly<Record<TaskMood, string>> = {
  run: 'run',
  gate: 'gates',
  land: 'land',
  ready: 'ready',
  wait: 'wait',
  done: 'done',
  fail: 'fail',
  ask: 'block',
  cancelled: 'cancl',
}
