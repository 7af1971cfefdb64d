// `jetpack import FILE`: a foreign backlog, all of it or nothing, unless --partial says that the good part will do.

import { readFile, stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { JetpackError } from '../../core/fault.js'
import type { TaskFile } from '../../core/schema/task.js'
import { type JsonlReading, jetpackJsonl, readJetpackJsonl } from '../../store/formats/jetpack-jsonl.js'
import { quarantine } from '../../store/quarantine.js'
import { connectEngine } from '../open/connect.js'
import { openHere } from '../open/open-here.js'
import { requireInitialised } from '../open/read-config.js'
import type { Surroundings } from '../open/surroundings.js'
import { countOf, plain, printJson, printLine, printNote } from '../print/print.js'
import { ask } from '../steer/send.js'
import { graphFlawsWith } from './graph-check.js'

export interface ImportOptions {
  readonly format: string
  readonly dryRun?: true
  readonly partial?: true
  readonly json?: true
}

export const maxImportBytes = 512 * 1024 * 1024
/** Bad lines that are named; the rest is counted. */
const namedLines = 20

interface Outcome {
  readonly written: boolean
  readonly message: string
  readonly ids: readonly string[]
  readonly quarantine: string | null
}

export async function importFile(
  around: Surroundings,
  file: string,
  options: ImportOptions,
): Promise<number> {
  if (options.format !== 'auto' && options.format !== jetpackJsonl) {
    const message = `Cannot import as "${options.format}": this version does not read that format.`
    throw new JetpackError('usage', message, `It is auto or ${jetpackJsonl}.`)
  }
  const bytes = await readBacklog(resolve(around.cwd, file))
  const context = await openHere(around)
  requireInitialised(context.layout)
  const source = sourceName(file)
  const reading = readJetpackJsonl(bytes, source, Date.now())
  if (reading.tasks.length === 0 && reading.bad.length === 0)
    throw new JetpackError(
      'import_invalid',
      `Cannot import ${source}: there is no task in it.`,
      'A backlog has one JSON object a line.',
    )
  const graph = await graphFlawsWith(context.layout, reading.tasks, around.signal)
  const isRed = reading.bad.length + graph.length > 0
  const refused = isRed && !options.partial
  const outcome: Outcome =
    refused || options.dryRun
      ? {
          written: false,
          message: foreseen(source, reading, refused, graph.length),
          ids: [],
          quarantine: null,
        }
      : await write(around, source, reading, graph.length > 0)
  report(source, reading, graph, outcome, options)
  return refused || (options.dryRun && isRed) ? 1 : 0
}

async function write(
  around: Surroundings,
  source: string,
  reading: JsonlReading,
  flawed: boolean,
): Promise<Outcome> {
  const { layout } = await openHere(around)
  // First the bytes that are left out: after the import nobody may miss them.
  const kept =
    reading.bad.length === 0
      ? null
      : await quarantine(
          layout,
          `${source}.bad-lines`,
          badBytes(reading),
          whyKept(source, reading),
          Date.now(),
        )
  await using connection = await connectEngine(around, 'commands')
  const tasks: readonly TaskFile[] = reading.tasks
  const reply = await ask(connection.engine, around, { name: 'import', args: { tasks, source, flawed } })
  return { written: true, message: reply.message, ids: reply.ids, quarantine: kept }
}

function badBytes(reading: JsonlReading): Buffer {
  return Buffer.concat(reading.bad.flatMap(bad => [bad.text, Buffer.from('\n')]))
}

function whyKept(source: string, reading: JsonlReading): string {
  const named = reading.bad.slice(0, namedLines).map(bad => `line ${bad.line}: ${bad.why}`)
  const more = reading.bad.length > namedLines ? [`and ${reading.bad.length - namedLines} more`] : []
  return `Left out of the import of ${source}: ${[...named, ...more].join('; ')}`
}

function foreseen(source: string, { tasks, bad }: JsonlReading, refused: boolean, flaws: number): string {
  if (!refused)
    return `${countOf(tasks.length, 'task')} could be imported from ${source}; nothing was written.`
  const parts = [
    ...(bad.length === 0
      ? []
      : [
          `${countOf(bad.length, 'line')} of ${tasks.length + bad.length} ${bad.length === 1 ? 'is' : 'are'} bad`,
        ]),
    ...(flaws === 0 ? [] : [`the dependencies have ${countOf(flaws, 'flaw')}`]),
  ]
  return `Cannot import ${source}: ${parts.join(', and ')}; nothing was written.`
}

function report(
  source: string,
  reading: JsonlReading,
  graph: readonly string[],
  outcome: Outcome,
  options: ImportOptions,
): void {
  if (options.json) {
    const bad = reading.bad.map(({ line, why }) => ({ line, why }))
    printJson({
      schema: 'jetpack.import/1',
      source,
      dryRun: options.dryRun === true,
      ...outcome,
      good: reading.tasks.length,
      bad,
      graph,
      notes: reading.notes,
    })
    return
  }
  for (const { line, why } of reading.bad.slice(0, namedLines)) printNote(plain(`${source}:${line}: ${why}`))
  if (reading.bad.length > namedLines)
    printNote(`… and ${countOf(reading.bad.length - namedLines, 'more bad line')}`)
  for (const flaw of graph.slice(0, namedLines)) printNote(plain(`${source}: ${flaw}`))
  if (graph.length > namedLines)
    printNote(`… and ${countOf(graph.length - namedLines, 'more flaw')} of the dependencies`)
  if (outcome.written || options.dryRun) for (const note of reading.notes) printLine(plain(note))
  if (outcome.quarantine !== null)
    printNote(`${countOf(reading.bad.length, 'bad line')} left out, kept in ${outcome.quarantine}`)
  if (outcome.message.startsWith('Cannot')) {
    printNote(`jetpack: ${plain(outcome.message)}`)
    printNote(
      '  With --partial the good tasks are written; bad lines are kept in quarantine, and members of a flawed graph wait.',
    )
  } else printLine(plain(outcome.message))
}

async function readBacklog(path: string): Promise<Buffer> {
  try {
    const stats = await stat(path)
    if (stats.size <= maxImportBytes) return await readFile(path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    const why =
      error.code === 'ENOENT'
        ? 'there is no such file'
        : error.code === 'EISDIR'
          ? 'it is a folder'
          : error.message
    throw new JetpackError('usage', `Cannot import "${path}": ${why}.`, null, error)
  }
  throw new JetpackError(
    'usage',
    `Cannot import "${path}": it is larger than ${maxImportBytes} bytes.`,
    'Split it.',
  )
}

/** The file's name as it goes into the history: one harmless line. */
function sourceName(file: string): string {
  const name = plain(basename(file)).trim()
  return name === '' ? 'a file' : name.slice(0, 200)
}
