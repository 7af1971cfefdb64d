// `jetpack validate-tasks`: reads every task file by itself and says what is wrong with it. Edges that lead nowhere
// and cycles are told, but they are no flaw of a file: their members wait.

import { describeGraphFlaws, findGraphFlaws } from '../../core/board/graph-flaws.js'
import type { Layout } from '../../core/layout.js'
import type { Task } from '../../core/model/task.js'
import { openLocalEngine } from '../../runtime/local-engine.js'
import type { RepositoryContext } from '../../runtime/repository-context.js'
import { quarantine } from '../../store/quarantine.js'
import { describeFlaw, type Flaw } from '../../store/schema/flaw.js'
import { TaskFolder } from '../../store/task-folder.js'
import { openHere } from '../open/open-here.js'
import { readConfig, requireInitialised } from '../open/read-config.js'
import type { Surroundings } from '../open/surroundings.js'
import { countOf, plain, printJson, printLine, printNote } from '../print/print.js'
import { ask } from '../steer/send.js'

export interface ValidateOptions {
  readonly fix?: true
  readonly json?: true
}

interface Validation {
  readonly tasks: number
  readonly flaws: readonly Flaw[]
  readonly unreadable: readonly string[]
  /** Files that lack fields or use old names, and are read all the same. */
  readonly unfinished: readonly string[]
  readonly graph: readonly string[]
}

export async function validateTasks(around: Surroundings, options: ValidateOptions): Promise<number> {
  const context = await openHere(around)
  requireInitialised(context.layout)
  if (options.fix) await fix(context, around)
  const found = await validate(context.layout, around.signal)
  const ok = found.flaws.length + found.unreadable.length === 0
  if (options.json) printJson({ schema: 'jetpack.validation/1', ok, ...found })
  else print(found)
  return ok ? 0 : 1
}

/** Reads every task file afresh. */
export async function validate(layout: Layout, signal: AbortSignal): Promise<Validation> {
  const { files, unreadable } = await new TaskFolder(layout.tasks).load(signal)
  const tasks = new Map<string, Task>()
  for (const { check } of files) if (check.ok) tasks.set(check.task.id, check.task)
  return {
    tasks: files.length + unreadable.length,
    flaws: files.flatMap(({ check }) => (check.ok ? [] : check.flaws)),
    unreadable: unreadable.map(file => file.why),
    unfinished: files.flatMap(({ id, check }) => (check.ok && check.normalised ? [id] : [])),
    graph: describeGraphFlaws(findGraphFlaws(tasks)),
  }
}

/**
 * The engine takes in what stands in the files whenever it gets the lock: it fills in what is missing, sets aside
 * what cannot be read, and restores that from the branch. An import of nothing is the smallest command that makes it look.
 */
async function fix(context: RepositoryContext, around: Surroundings): Promise<void> {
  const { config } = await readConfig(context.layout.home)
  const { files } = await new TaskFolder(context.layout.tasks).load(around.signal)
  for (const file of files) {
    if (!file.check.ok || !file.check.normalised) continue
    await quarantine(
      context.layout,
      `${file.id}.json`,
      file.bytes,
      'as it was before validate-tasks --fix',
      Date.now(),
    )
  }
  await using engine = await openLocalEngine(context, config, around.signal)
  await ask(engine, around, {
    name: 'import',
    args: { tasks: [], source: 'validate-tasks --fix', flawed: false },
  })
}

function print(found: Validation): void {
  for (const flaw of found.flaws) printNote(plain(describeFlaw(flaw)))
  for (const why of found.unreadable) printNote(plain(why))
  for (const flaw of found.graph) printNote(plain(`waits for ever: ${flaw}`))
  if (found.unfinished.length > 0)
    printLine(
      `${countOf(found.unfinished.length, 'file')} without all fields, read with defaults: \`jetpack validate-tasks --fix\` writes them.`,
    )
  const bad = found.unreadable.length + new Set(found.flaws.map(flaw => flaw.file)).size
  printLine(
    bad === 0
      ? `${countOf(found.tasks, 'task')}: all files are well.`
      : `${countOf(bad, 'file')} of ${found.tasks} cannot be read.`,
  )
}
