// The commands that look after things, and the one that shows how it all works.

import type { Command } from 'commander'
import type { DemoOptions } from '../demo/demo.js'
import type { Choose } from '../open/work.js'
import type { DoctorOptions } from './doctor/doctor.js'

export function declareCare(program: Command, choose: Choose): void {
  program
    .command('doctor')
    .description('reads files, git and processes afresh and checks that they agree')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExamples:\n  jetpack doctor\n  jetpack doctor --json | jq .checks\n\nExit code: 0 when nothing is red, 1 when something is.',
    )
    .action((options: DoctorOptions) =>
      choose(async around => (await import('./doctor/doctor.js')).doctor(around, options)),
    )

  program
    .command('demo')
    .description('works off 277 real tasks in a scratch repository with simulated agents: no model, no cost')
    .option('--dir <folder>', 'where the scratch repository is made; default: a new temporary folder')
    .option('--tasks <n>', 'only the first N tasks')
    .option('--headless', 'print progress lines instead of showing the full screen')
    .addHelpText(
      'after',
      `
Examples:
  jetpack demo
  jetpack demo --tasks 30 --dir /tmp/try --headless

Exit code: 0 when all tasks are complete (or the viewer was left), else as run --headless.`,
    )
    .action((options: DemoOptions) =>
      choose(async around => (await import('../demo/demo.js')).demo(around, options)),
    )
}
