// Ctrl-C of a run that is watched in the foreground: once stops it and lets agents finish, twice stops it at once,
// a third time leaves it to itself.

import { JetpackError } from '../../core/fault.js'
import type { Engine } from '../../core/wire/engine.js'
import type { Surroundings } from '../open/surroundings.js'
import { plain, printNote } from '../print/print.js'
import { ask } from '../steer/send.js'

/** Exit code after Ctrl-C, as shells have it. */
const interrupted = 130

export function onInterrupts(engine: Engine, around: Surroundings): Disposable {
  let count = 0
  const onInterrupt = (): void => {
    count += 1
    if (count > 2) {
      printNote('Left; the run goes on by itself. `jetpack stop --now` ends it.')
      process.exit(interrupted)
    }
    void stop(engine, around, count === 2)
  }
  process.on('SIGINT', onInterrupt)
  return {
    [Symbol.dispose]() {
      process.off('SIGINT', onInterrupt)
    },
  }
}

async function stop(engine: Engine, around: Surroundings, now: boolean): Promise<void> {
  try {
    const { message } = await ask(engine, around, { name: 'stop', args: { now } })
    printNote(`${plain(message)}${now ? '' : ' Ctrl-C again stops it at once.'}`)
  } catch (error) {
    // It cannot be told right now, for example while it is restarted; Ctrl-C again tries again.
    if (!(error instanceof JetpackError)) throw error
    printNote(`${plain(error.message)} Ctrl-C again tries again.`)
  }
}
