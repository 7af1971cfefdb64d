// What commands write to standard output and standard error. Text of tasks and agents passes `plain` first.

import { sanitize } from '../../tui/text/sanitize.js'

export function printLine(text = ''): void {
  process.stdout.write(`${text}\n`)
}

/** One object, indented so that a person can read it too. */
export function printJson(value: object): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
}

/** Something about the answer that is not part of it. */
export function printNote(text: string): void {
  process.stderr.write(`${text}\n`)
}

/** One harmless line of what may be anybody's text. */
export function plain(text: string): string {
  return sanitize(text)
}

/** The same for text of several lines, each indented by `indent`. */
export function plainLines(text: string, indent = ''): string {
  return text
    .replace(/\s+$/, '')
    .split(/\r\n|\n|\r/)
    .map(line => `${indent}${sanitize(line)}`.trimEnd())
    .join('\n')
}

/** "1 task", "3 tasks". */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
