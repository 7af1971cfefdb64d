// Reads the predecessor's backlog: one JSON object a line. Every line is judged by itself, so a torn or foul one
// costs only itself and is handed back with its number and its bytes.

import type { EpochMs } from '../../core/model/time.js'
import type { TaskFile } from '../../core/schema/task.js'
import { checkTaskValue, maxTaskFileBytes } from '../schema/check-task.js'
import { flawSentence, quoteValue } from '../schema/flaw.js'
import { readJson } from '../schema/read-json.js'
import { type Adjustment, readOldTask } from './old-task.js'

export const jetpackJsonl = 'jetpack-jsonl'

export interface BadLine {
  /** Counted from 1. */
  readonly line: number
  readonly why: string
  readonly text: Buffer
}

export interface JsonlReading {
  readonly tasks: readonly TaskFile[]
  readonly bad: readonly BadLine[]
  /** What was changed on the way, one sentence each, for the person. */
  readonly notes: readonly string[]
}

type LineReading =
  | { readonly ok: true; readonly task: TaskFile; readonly adjustments: ReadonlySet<Adjustment> }
  | { readonly ok: false; readonly why: string }

/** `source` is the file's name as it will stand in `import.source`; `at` fills in missing times. */
export function readJetpackJsonl(bytes: Buffer, source: string, at: EpochMs): JsonlReading {
  const tasks: TaskFile[] = []
  const bad: BadLine[] = []
  const counts = new Map<Adjustment, number>()
  const lineOfId = new Map<string, number>()
  for (const { line, text, isLast } of linesOf(bytes)) {
    const reading = readLine(text, source, line, isLast, at)
    if (!reading.ok) {
      bad.push({ line, why: reading.why, text })
      continue
    }
    const key = reading.task.id.toLowerCase()
    const earlier = lineOfId.get(key)
    if (earlier !== undefined) {
      const why = `id ${quoteValue(reading.task.id)} is already taken by line ${earlier} (capital letters do not count)`
      bad.push({ line, why, text })
      continue
    }
    lineOfId.set(key, line)
    tasks.push(reading.task)
    for (const adjustment of reading.adjustments) counts.set(adjustment, (counts.get(adjustment) ?? 0) + 1)
  }
  return { tasks, bad, notes: notesOf(counts) }
}

function readLine(text: Buffer, source: string, line: number, isLast: boolean, at: EpochMs): LineReading {
  const reading = readJson(text, source, maxTaskFileBytes)
  if (!reading.ok) {
    const torn =
      isLast && reading.flaw.found.startsWith('not JSON') ? ', as a crash leaves the last line' : ''
    return { ok: false, why: `the line is ${reading.flaw.found}${torn}` }
  }
  const old = reading.value
  if (typeof old !== 'object' || old === null || Array.isArray(old))
    return { ok: false, why: `the line is ${quoteValue(old)}, expected an object` }
  const { value, original, adjustments } = readOldTask(old as Record<string, unknown>, at)
  const task = { ...value, import: { format: jetpackJsonl, source, line, original } }
  const check = checkTaskValue(task, { file: source, text: null }, at)
  if (!check.ok) return { ok: false, why: check.flaws.map(flawSentence).join('; ') }
  // The schema has just said so.
  return { ok: true, task: task as unknown as TaskFile, adjustments }
}

/** Lines that are not blank, without their line ends. `isLast`: no line end came after it. */
function* linesOf(bytes: Buffer): Generator<{ line: number; text: Buffer; isLast: boolean }> {
  let line = 0
  for (let start = 0; start < bytes.length; ) {
    line += 1
    const found = bytes.indexOf(0x0a, start)
    const end = found === -1 ? bytes.length : found
    const text = bytes.subarray(start, bytes[end - 1] === 0x0d && end > start ? end - 1 : end)
    if (!isBlank(text)) yield { line, text, isLast: found === -1 }
    start = end + 1
  }
}

function isBlank(text: Buffer): boolean {
  return text.every(byte => byte === 0x20 || byte === 0x09)
}

const noteTexts: Readonly<Record<Adjustment, string>> = {
  requeued: 'was in progress in a session that no longer lives, and is ready again',
  completed: 'was completed, and is kept so as imported',
  failed: 'had failed, and stays so until `jetpack retry --failed`',
  unblocked: 'was called blocked, which is worked out from dependencies now, and is ready',
  defaulted: 'lacked lists such as blockers or dependencies, which were filled in',
  priority: 'had a priority that is not known, and got medium',
  time: 'had a time that could not be read, which was left out',
}

function notesOf(counts: ReadonlyMap<Adjustment, number>): readonly string[] {
  const notes: string[] = []
  for (const [adjustment, count] of counts) notes.push(`${count} × a task ${noteTexts[adjustment]}.`)
  return notes
}
