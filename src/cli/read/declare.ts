// The commands that look.

import type { Command } from 'commander'
import type { Choose } from '../open/work.js'
import type { HistoryOptions } from './history.js'
import type { ListOptions } from './list.js'
import type { LogsOptions } from './logs.js'
import type { ReadyOptions } from './ready.js'
import type { ShowOptions } from './show.js'
import type { StatusOptions } from './status.js'

const asJson = 'print one JSON object'

export function declareReading(program: Command, choose: Choose): void {
  program
    .command('status')
    .description('the numbers: how far the run is, who works on what, what needs you')
    .option('--json', asJson)
    .addHelpText('after', '\nExamples:\n  jetpack status\n  jetpack status --json | jq .counts')
    .action((options: StatusOptions) =>
      choose(async around => (await import('./status.js')).status(around, options)),
    )

  program
    .command('list')
    .description('the tasks, those that need you first')
    .option('--filter <words>', 'words that must all occur in id, title, status, type, seat or tags')
    .option('--status <status>', 'ready, waiting, in_progress, completed, failed, blocked or cancelled')
    .option('--json', asJson)
    .addHelpText(
      'after',
      '\nExamples:\n  jetpack list --status failed\n  jetpack list --filter "database test"\n  jetpack list --filter seat:claude-2',
    )
    .action((options: ListOptions) =>
      choose(async around => (await import('./list.js')).list(around, options)),
    )

  program
    .command('ready')
    .description('the tasks that could start now, in the order in which they would')
    .option('--json', asJson)
    .addHelpText('after', '\nExamples:\n  jetpack ready\n  jetpack ready --json | jq -r .rows[].id')
    .action((options: ReadyOptions) =>
      choose(async around => (await import('./ready.js')).ready(around, options)),
    )

  program
    .command('show')
    .description('everything about one task')
    .argument('<id>', 'the task')
    .option('--json', asJson)
    .addHelpText(
      'after',
      '\nExamples:\n  jetpack show E1-T1\n  jetpack show E1-T1 --json | jq .task.attempts',
    )
    .action((id: string, options: ShowOptions) =>
      choose(async around => (await import('./show.js')).show(around, id, options)),
    )

  program
    .command('logs')
    .description('what the agent of a task wrote')
    .argument('<id>', 'the task')
    .option('-f, --follow', 'go on while the agent writes')
    .option('--attempt <n>', 'number of the attempt; default: the last one')
    .addHelpText('after', '\nExamples:\n  jetpack logs E1-T1 -f\n  jetpack logs E1-T1 --attempt 1 | less')
    .action((id: string, options: LogsOptions) =>
      choose(async around => (await import('./logs.js')).logs(around, id, options)),
    )

  program
    .command('history')
    .description('every change of one task, from the task branch, with who and why')
    .argument('<id>', 'the task')
    .option('--json', asJson)
    .addHelpText(
      'after',
      '\nExamples:\n  jetpack history E1-T1\n  git log jetpack-tasks -- .beads/tasks/E1-T1.json     the same by git alone',
    )
    .action((id: string, options: HistoryOptions) =>
      choose(async around => (await import('./history.js')).history(around, id, options)),
    )
}
