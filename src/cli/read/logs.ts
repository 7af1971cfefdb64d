// `jetpack logs ID`: what the agent wrote, as it is when it goes to a file or a pipe, made harmless on a terminal.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Engine } from '../../core/wire/engine.js'
import { sanitizedLines } from '../../tui/text/sanitize.js'
import { connectEngine } from '../open/connect.js'
import type { Surroundings } from '../open/surroundings.js'
import { printNote } from '../print/print.js'
import { requireTaskId } from '../steer/task-ids.js'
import { attemptNumber } from './show.js'

export interface LogsOptions {
  readonly follow?: true
  readonly attempt?: string
}

/** A followed log is looked at this often. */
const lookMs = 400
/** A line on a terminal that has no end is shown when it is this long. */
const maxHeldBack = 8_192

export async function logs(around: Surroundings, id: string, options: LogsOptions): Promise<number> {
  const attempt = options.attempt === undefined ? null : attemptNumber(options.attempt)
  await using connection = await connectEngine(around, 'reading')
  const write = around.columns === null ? writeRaw : harmlessWriter()
  const size = await copyLog(
    connection.engine,
    { id: requireTaskId(id), attempt, follow: options.follow === true },
    write,
    around.signal,
  )
  write('', true)
  if (size === 0) printNote('The agent has written nothing.')
  return 0
}

type Write = (text: string, isEnd: boolean) => void

interface Wanted {
  readonly id: string
  readonly attempt: number | null
  readonly follow: boolean
}

async function copyLog(engine: Engine, wanted: Wanted, write: Write, signal: AbortSignal): Promise<number> {
  let from = 0
  // The last attempt is fixed at the first answer: a following viewer stays with it.
  let { attempt } = wanted
  for (;;) {
    const chunk = await engine.log(wanted.id, attempt, from, signal)
    attempt = chunk.attempt
    write(chunk.text, false)
    const stuck = chunk.next === from
    from = chunk.next
    if (from < chunk.size && !stuck) continue
    if (!wanted.follow || !chunk.open) return from
    await sleep(lookMs, undefined, { signal })
  }
}

function writeRaw(text: string): void {
  process.stdout.write(text)
}

/** Whole lines only: an escape sequence may be cut in two between two pieces. */
function harmlessWriter(): Write {
  let held = ''
  return (text, isEnd) => {
    held += text
    const end = isEnd || held.length > maxHeldBack ? held.length : held.lastIndexOf('\n') + 1
    if (end === 0) return
    const lines = sanitizedLines(held.slice(0, end).replace(/\r?\n$/, ''))
    process.stdout.write(`${lines.join('\n')}\n`)
    held = held.slice(end)
  }
}
