// What the history says of a change: a subject, and trailers that programs read back. Reasons and titles come
// from agents, so every value is made one line before it goes in.

import type { ChangeNote } from '../../core/messages/changes.js'
import { oneLine } from '../command/one-line.js'

/** Longest subject and longest trailer value, in UTF-16 units. */
export const messageLimits = { subject: 120, value: 500 } as const

/** Trailers in the order in which they stand. */
export const trailerNames = ['Task', 'From', 'To', 'Seat', 'Attempt', 'Run', 'Reason', 'By'] as const
export type TrailerName = (typeof trailerNames)[number]

/** The commit message of a change; trailers without a value are left out. */
export function formatMessage(note: ChangeNote): string {
  return messageOf(note.subject, [
    ['Task', note.task],
    ['From', note.from],
    ['To', note.to],
    ['Seat', note.seat],
    ['Attempt', note.attempt],
    ['Run', note.run],
    ['Reason', note.reason],
    ['By', note.by],
  ])
}

/** A subject and the trailers that have a value, all made harmless. */
export function messageOf(
  subject: string,
  trailers: readonly (readonly [TrailerName, string | number | null])[],
): string {
  const lines = trailers.flatMap(([name, value]) => {
    const text = value === null ? '' : oneLine(String(value), messageLimits.value)
    return text === '' ? [] : [`${name}: ${text}\n`]
  })
  const head = oneLine(subject, messageLimits.subject) || 'Change'
  return lines.length === 0 ? `${head}\n` : `${head}\n\n${lines.join('')}`
}
