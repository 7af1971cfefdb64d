// The commands that prepare a repository, start a run and show it.

import type { Command } from 'commander'
import type { Choose } from '../open/work.js'
import type { AttachOptions } from './attach.js'
import type { RunOptions } from './run.js'

export function declareRunning(program: Command, choose: Choose): void {
  program
    .command('init')
    .description('prepares this repository: .beads, the task branch; no tracked file is touched')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  cd my-project && jetpack init')
    .action((options: { json?: true }) =>
      choose(async around => (await import('./init.js')).init(around, options)),
    )

  program
    .command('run')
    .alias('start')
    .description('starts the night, or goes on with one that was cut off, and shows it')
    .option('--headless', 'print progress lines until the run ends instead of showing the full screen')
    .option('--detach', 'start it and return at once')
    .option('-a, --agents <n>', 'at most so many seats of the configured crew')
    .addHelpText(
      'after',
      `
Examples:
  jetpack run                  starts it and shows it; q leaves, the run goes on
  jetpack run --detach         for scripts; look later with jetpack attach
  jetpack run --headless       Ctrl-C stops it, twice stops it at once

Exit code with --headless: 0 all tasks complete, 1 nothing runnable, 3 stopped or a limit was reached, 4 crash loop.`,
    )
    .action((options: RunOptions) => choose(async around => (await import('./run.js')).run(around, options)))

  program
    .command('attach')
    .aliases(['watch', 'tui'])
    .description('shows the run that is going on, full screen; without a terminal as progress lines')
    .option('--headless', 'print progress lines until the run ends')
    .addHelpText('after', '\nExamples:\n  jetpack attach\n  ssh build-host -t "cd project && jetpack attach"')
    .action((options: AttachOptions) =>
      choose(async around => (await import('./attach.js')).attach(around, options)),
    )

  program
    .command('keeper-main', { hidden: true })
    .description('the process that restarts a dead orchestrator; started by run')
    .action(() => choose(async around => (await import('./keep.js')).keeperMain(around)))

  program
    .command('orchestrator-main', { hidden: true })
    .description('the process that decides and starts everything; started by the keeper')
    .action(() => choose(async around => (await import('./keep.js')).orchestratorMain(around)))
}
