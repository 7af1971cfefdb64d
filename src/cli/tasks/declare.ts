// The commands that write and check tasks.

import { type Command, InvalidArgumentError } from 'commander'
import type { Choose } from '../open/work.js'
import type { AddOptions } from './add.js'
import type { ImportOptions } from './import.js'
import type { ValidateOptions } from './validate-tasks.js'

const asJson = 'print one JSON object'

export function declareTasks(program: Command, choose: Choose): void {
  program
    .command('add')
    .description('writes one task')
    .argument('<title>', 'what is to be done, in one line')
    .option('--id <id>', 'default: made from the title')
    .option('--description <text>', 'what the agent is told')
    .option('--depends <ids>', 'tasks that must be completed first, e.g. A,B', joined)
    .option('--tag <tag>', 'may be given several times', joined)
    .option('--skill <skill>', 'only seats with it take the task; may be given several times', joined)
    .option('--type <type>', 'e.g. task, test, api')
    .option('--priority <priority>', 'critical, high, medium or low', priority)
    .option('--command <command>', 'what a seat with the executor "command" runs for it')
    .option('--agent <name>', 'only this seat or executor takes the task')
    .option('--json', asJson)
    .addHelpText(
      'after',
      `
Examples:
  jetpack add "Database schema" --id E1-T1 --priority critical
  jetpack add "Seed data" --depends E1-T1 --tag database --description "Six users, one a role."
  jetpack add "Lint" --command "npm run lint -- --fix" --agent command`,
    )
    .action((title: string, options: AddOptions) =>
      choose(async around => (await import('./add.js')).add(around, title, options)),
    )

  program
    .command('import')
    .description('takes in a backlog: every good line, once nothing is bad or --partial says so')
    .argument('<file>', 'the backlog')
    .option('--format <format>', 'auto or jetpack-jsonl', 'auto')
    .option('--dry-run', 'check and say what would be written')
    .option('--partial', 'write what is good; bad lines are kept in quarantine')
    .option('--json', asJson)
    .addHelpText(
      'after',
      `
Examples:
  jetpack import tasks.jsonl --dry-run
  jetpack import tasks.after-crash.jsonl --partial

Exit code: 0 when it was written (or could be, with --dry-run), 1 when something is bad.`,
    )
    .action((file: string, options: ImportOptions) =>
      choose(async around => (await import('./import.js')).importFile(around, file, options)),
    )

  program
    .command('validate-tasks')
    .description('checks every task file: file, line, field, what is wrong, what to write')
    .option(
      '--fix',
      'fill in missing fields and set unreadable files aside; the old bytes are kept in quarantine',
    )
    .option('--json', asJson)
    .addHelpText(
      'after',
      '\nExamples:\n  jetpack validate-tasks\n  jetpack validate-tasks --fix\n\nExit code: 0 when all is well, 1 when something is wrong.',
    )
    .action((options: ValidateOptions) =>
      choose(async around => (await import('./validate-tasks.js')).validateTasks(around, options)),
    )
}

/** Comma lists and repeated options add up. */
function joined(text: string, before: readonly string[] = []): readonly string[] {
  return [
    ...before,
    ...text
      .split(',')
      .map(word => word.trim())
      .filter(word => word !== ''),
  ]
}

function priority(text: string): string {
  if (['critical', 'high', 'medium', 'low'].includes(text)) return text
  throw new InvalidArgumentError('It is critical, high, medium or low.')
}
