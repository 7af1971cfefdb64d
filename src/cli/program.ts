// The commands and their options. Only declarations are loaded here; a command's code is imported when it is
// called, so that a quick look stays quick.

import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { declareCare } from './care/declare.js'
import type { Choose } from './open/work.js'
import { declareReading } from './read/declare.js'
import { declareRunning } from './run/declare.js'
import { declareSteering } from './steer/declare.js'
import { declareTasks } from './tasks/declare.js'

const examples = `
An evening and a morning:
  jetpack init                       once in a repository
  jetpack import backlog.jsonl       the tasks
  jetpack run                        starts the night and shows it; q leaves, the run goes on
  jetpack attach                     looks again, from any terminal
  jetpack status                     the numbers
  git log jetpack-night              what has landed

To try it without agents and without cost:  jetpack demo`

/** Does not end the process: what commander would exit for, it throws. */
export function buildProgram(choose: Choose): Command {
  const program = new Command('jetpack')
    .description(
      'Works off a backlog of coding tasks overnight with a mixed crew of coding agents, in one git repository.',
    )
    .version(ownVersion())
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .showSuggestionAfterError(true)
    .addHelpText('after', examples)
  declareRunning(program, choose)
  declareTasks(program, choose)
  declareReading(program, choose)
  declareSteering(program, choose)
  declareCare(program, choose)
  return program
}

// Compiled dist/src/cli/program.js lies three folders below the package.
function ownVersion(): string {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
