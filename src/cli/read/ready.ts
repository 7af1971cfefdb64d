// `jetpack ready`: what could start now, most urgent first.

import { connectEngine } from '../open/connect.js'
import type { Surroundings } from '../open/surroundings.js'
import { printJson, printLine } from '../print/print.js'
import { allTasks, printTasks } from './list.js'

export interface ReadyOptions {
  readonly json?: true
}

export async function ready(around: Surroundings, options: ReadyOptions): Promise<number> {
  await using connection = await connectEngine(around, 'reading')
  const page = await allTasks(connection.engine, { filter: 'status:ready', sort: 'order' }, around.signal)
  if (options.json) printJson(page)
  else if (page.rows.length === 0 && page.total > 0)
    printLine('No task could start now; `jetpack list` says why each one waits.')
  else printTasks(page, around)
  return 0
}
