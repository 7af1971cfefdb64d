// Text of agents and gates made fit for a person, a task file and a comparison: no terminal escapes, no control or
// direction-changing characters, bounded. Two failures that differ only in numbers, times, addresses or places get
// the same fingerprint.

import { createHash } from 'node:crypto'
import { lastLines } from './process/tail.js'

/** Longest reason that goes into a task file, in characters. */
export const reasonLimit = 2000
/** How much of an output file is looked at for a reason. */
const reasonLines = 20
const reasonBytes = 8192

/** Text without escapes, control characters but newline and tab, and bidirectional overrides. */
export function plainText(text: string): string {
  return wholeCharacters(
    text
      // Operating-system commands end with BEL or ST; an unfinished one must not swallow what follows.
      .replace(/\u001b[\]PX^_][^\u0007\u001b\n]*(?:\u0007|\u001b\\)?/g, '')
      .replace(/\u001b\[[0-?]*[ -/]*[@-~]?/g, '')
      .replace(/\u001b[ -/]*[0-~]?/g, '')
      .replace(/\r\n?/g, '\n')
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, ''),
  )
}

/** The end of a text within the limit, cut at a line where one is near. */
export function endOf(text: string, limit: number): string {
  if (text.length <= limit) return text
  const end = text.slice(-limit)
  const line = end.indexOf('\n')
  return wholeCharacters(line >= 0 && line < limit / 2 ? end.slice(line + 1) : end)
}

/** Without lone halves of surrogate pairs: a cut leaves them, and UTF-8 cannot hold them. */
export function wholeCharacters(text: string): string {
  return text.replace(/[\ud800-\udfff]/gu, '')
}

/** The last plain lines of the first of these files that says anything; null when none does. */
export async function lastWords(paths: readonly string[]): Promise<string | null> {
  for (const path of paths) {
    const text = plainText(await lastLines(path, reasonLines, reasonBytes)).trim()
    if (text !== '') return endOf(text, reasonLimit)
  }
  return null
}

/** Sixteen hex digits, equal for equal failures of the same kind. */
export function fingerprintOf(kind: string, reason: string): string {
  return createHash('sha256')
    .update(`${kind}\n${withoutIncidentals(reason)}`)
    .digest('hex')
    .slice(0, 16)
}

/** Drops what differs between two runs of the same failure: folders, ids, hashes, numbers (and so times), spacing. */
function withoutIncidentals(text: string): string {
  return text
    .toLowerCase()
    .replace(/(?:file:\/\/)?(?:~|\.{1,2})?(?:\/[^\s/:'"()]+)*\/(?=[^\s/])/g, '')
    .replace(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '#')
    .replace(/\b0x[0-9a-f]+\b|\b(?=[0-9a-f]*\d)[0-9a-f]{7,64}\b/g, '#')
    .replace(/\d+(?:[.,:]\d+)*(?:ns|µs|ms|s|m|h)?\b|\d+/g, '#')
    .replace(/\s+/g, ' ')
    .trim()
}
