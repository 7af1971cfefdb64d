// `jetpack init`: makes the repository ready, and says what comes next.

import { initRepository } from '../../runtime/init-repository.js'
import { openHere } from '../open/open-here.js'
import { readConfig } from '../open/read-config.js'
import type { Surroundings } from '../open/surroundings.js'
import { plain, printJson, printLine } from '../print/print.js'
import { configExample } from './preflight.js'

export async function init(around: Surroundings, options: { readonly json?: true }): Promise<number> {
  const context = await openHere(around)
  const { created } = await initRepository(context, around.signal)
  const { home } = context.layout
  if (options.json) {
    printJson({ schema: 'jetpack.init/1', home, created })
    return 0
  }
  if (created.length === 0) printLine(`${plain(home)} is prepared already.`)
  else {
    printLine(`Prepared ${plain(home)} for jetpack:`)
    for (const name of created) printLine(`  ${plain(name)}`)
  }
  const { config } = await readConfig(context.layout.home)
  if (config.seats.length === 0)
    printLine(`Next, say who works. In jetpack.config.json, for example:\n  ${configExample}`)
  printLine('Then `jetpack import FILE` or `jetpack add TITLE`, and `jetpack run`.')
  return 0
}
