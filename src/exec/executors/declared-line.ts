// The line `{"jetpack":{…}}` by which any script tells more than an exit code can. The output is read piece by
// piece, whatever its size; every field is checked, and one that makes no sense counts as not given.

import { createReadStream } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import type { Outcome, Tokens } from '../../core/model/task.js'
import { type EpochMs, parseTime } from '../../core/model/time.js'
import { endOf, plainText, reasonLimit } from '../failure-text.js'

/** Longer lines are skipped; no account of an agent needs as much. */
const lineLimit = 1_048_576
/** A reset farther away than this is taken for a mistake. */
const farthestResetMs = 32 * 24 * 3_600_000
const sessionShape = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,199}$/
const begin = /^\s*\{\s*"jetpack"\s*:/

/** What an agent may say of itself; the rest (gate, conflict, timeout, …) is ours to find out. */
const sayable = [
  'done',
  'task',
  'limit',
  'provider',
  'auth',
  'infra',
  'question',
] as const satisfies Outcome[]
export type SaidOutcome = (typeof sayable)[number]

export interface Declaration {
  readonly outcome: SaidOutcome | null
  readonly reason: string | null
  readonly summary: string | null
  readonly sessionId: string | null
  readonly resetAt: EpochMs | null
  readonly costUsd: number | null
  readonly tokens: Tokens | null
}

export const nothingDeclared: Declaration = {
  outcome: null,
  reason: null,
  summary: null,
  sessionId: null,
  resetAt: null,
  costUsd: null,
  tokens: null,
}

/** The last declaration in the file; `nothingDeclared` when there is none. */
export async function readDeclaration(outFile: string, at: EpochMs): Promise<Declaration> {
  let last: Declaration | null = null
  for await (const line of boundedLines(outFile)) {
    if (begin.test(line)) last = declarationFrom(line, at) ?? last
  }
  return last ?? nothingDeclared
}

/** Lines of a file that are within the limit. A file that is not there has none. */
async function* boundedLines(path: string): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  let isTooLong = false
  try {
    for await (const bytes of createReadStream(path, { highWaterMark: 65_536 })) {
      const lines = (rest + decoder.write(bytes as Buffer)).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        if (!isTooLong && line.length <= lineLimit) yield line
        isTooLong = false
      }
      if (rest.length > lineLimit) {
        rest = ''
        isTooLong = true
      }
    }
  } catch (error) {
    // The agent was never executed, so nothing has made the file.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  if (rest !== '' && !isTooLong) yield rest
}

function declarationFrom(line: string, at: EpochMs): Declaration | null {
  const said = fieldsOf(fieldsOf(parsed(line))['jetpack'])
  if (Object.keys(said).length === 0) return null
  return {
    outcome: sayable.find(outcome => outcome === said['outcome']) ?? null,
    reason: textFrom(said['reason']),
    summary: textFrom(said['summary']),
    sessionId: sessionFrom(said['sessionId']),
    resetAt: resetFrom(said['resetAt'], at),
    costUsd: amountFrom(said['costUsd'], 1_000_000),
    tokens: tokensFrom(said['tokens']),
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    // Looks like a declaration and is none: an agent may print anything.
    return null
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  const isFields = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isFields ? (value as Record<string, unknown>) : {}
}

function textFrom(value: unknown): string | null {
  if (typeof value !== 'string') return null
  const text = endOf(plainText(value).trim(), reasonLimit)
  return text === '' ? null : text
}

function sessionFrom(value: unknown): string | null {
  return typeof value === 'string' && sessionShape.test(value) ? value : null
}

function resetFrom(value: unknown, at: EpochMs): EpochMs | null {
  const reset = typeof value === 'string' ? parseTime(value) : null
  return reset !== null && reset > at && reset <= at + farthestResetMs ? reset : null
}

function amountFrom(value: unknown, most: number): number | null {
  return typeof value === 'number' && value >= 0 && value <= most ? value : null
}

function tokensFrom(value: unknown): Tokens | null {
  const fields = fieldsOf(value)
  const [input, output, cached] = [fields['input'], fields['output'], fields['cached']].map(countFrom)
  if (typeof input !== 'number' || typeof output !== 'number') return null
  return typeof cached === 'number' ? { input, output, cached } : { input, output }
}

function countFrom(value: unknown): number | null {
  const count = amountFrom(value, Number.MAX_SAFE_INTEGER)
  return count !== null && Number.isInteger(count) ? count : null
}
