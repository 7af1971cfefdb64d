// The commands that steer the run and single tasks. Each is one order to the engine.

import type { Command } from 'commander'
import { JetpackError } from '../../core/fault.js'
import type { Choose } from '../open/work.js'
import type { SendOptions } from './send.js'
import { requireTaskId } from './task-ids.js'

const asJson = 'print one JSON object'

export function declareSteering(program: Command, choose: Choose): void {
  declareRunSteering(program, choose)

  program
    .command('retry')
    .description('lets failed or blocked tasks be tried again, with all their attempts')
    .argument('[ids...]', 'the tasks')
    .option('--failed', 'every failed task')
    .option('--json', asJson)
    .addHelpText('after', '\nExamples:\n  jetpack retry E1-T1 E1-T2\n  jetpack retry --failed')
    .action((given: string[], options: SendOptions & { failed?: true }) => {
      if ((given.length === 0) === (options.failed !== true))
        throw new JetpackError(
          'usage',
          'Cannot retry: name tasks or say --failed, one of the two.',
          'jetpack retry E1-T1, or jetpack retry --failed',
        )
      const ids = options.failed ? 'failed' : given.map(requireTaskId)
      choose(async around =>
        (await import('./send.js')).send(around, { name: 'retry', args: { ids } }, options),
      )
    })

  program
    .command('reassign')
    .description(
      'gives tasks to another seat or executor; a running attempt of theirs is ended, its work kept',
    )
    .argument('<ids...>', 'the tasks')
    .requiredOption('--to <name>', 'a seat such as codex-1, or an executor')
    .option('--json', asJson)
    .addHelpText(
      'after',
      '\nExamples:\n  jetpack reassign E1-T1 --to codex-1\n  jetpack reassign E1-T1 E1-T2 --to command',
    )
    .action((given: string[], options: SendOptions & { to: string }) => {
      const ids = given.map(requireTaskId)
      const { to } = options
      choose(async around =>
        (await import('./send.js')).send(around, { name: 'reassign', args: { ids, to } }, options),
      )
    })

  program
    .command('kill')
    .description('ends the running attempts of tasks at once, with everything they started')
    .argument('<ids...>', 'the tasks')
    .option('--json', asJson)
    .addHelpText('after', '\nExample:\n  jetpack kill E1-T1')
    .action((given: string[], options: SendOptions) => {
      const ids = given.map(requireTaskId)
      choose(async around =>
        (await import('./send.js')).send(around, { name: 'kill', args: { ids } }, options),
      )
    })
}

function declareRunSteering(program: Command, choose: Choose): void {
  program
    .command('pause')
    .description('nothing new starts; running attempts go on')
    .option('--json', asJson)
    .addHelpText('after', '\nExample:\n  jetpack pause')
    .action((options: SendOptions) =>
      choose(async around => (await import('./send.js')).send(around, { name: 'pause', args: {} }, options)),
    )

  program
    .command('resume')
    .description('goes on after a pause')
    .option('--json', asJson)
    .addHelpText('after', '\nExample:\n  jetpack resume')
    .action((options: SendOptions) =>
      choose(async around => (await import('./send.js')).send(around, { name: 'resume', args: {} }, options)),
    )

  program
    .command('stop')
    .description('ends the run: nothing new starts, running attempts may finish for drainMinutes')
    .option('--now', 'ask running agents to end at once; their work is kept')
    .option('--json', asJson)
    .addHelpText('after', '\nExamples:\n  jetpack stop\n  jetpack stop --now')
    .action((options: SendOptions & { now?: true }) => {
      const now = options.now === true
      choose(async around =>
        (await import('./send.js')).send(around, { name: 'stop', args: { now } }, options),
      )
    })
}
