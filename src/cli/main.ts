// The program: reads the arguments, carries out one command, sets the exit code. Everything that goes wrong ends
// here, as one sentence on standard error.

import { CommanderError } from 'commander'
import { JetpackError } from '../core/fault.js'
import { readSurroundings } from './open/surroundings.js'
import type { Work } from './open/work.js'
import { exitCodes, reportFault } from './print/report-fault.js'
import { buildProgram } from './program.js'

/** Carries out `argv` (as `process.argv`) and sets `process.exitCode`. */
export async function main(argv: readonly string[]): Promise<void> {
  process.stdout.on('error', endOnBrokenPipe)
  process.stderr.on('error', endOnBrokenPipe)
  const asJson = argv.includes('--json')
  try {
    process.exitCode = await carryOut(argv)
  } catch (error) {
    process.exitCode = reportFault(error, asJson)
  }
}

async function carryOut(argv: readonly string[]): Promise<number> {
  let chosen: Work | null = null
  const program = buildProgram(work => {
    chosen = work
  })
  try {
    program.parse(argv as string[])
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return exitCodes.ok
    // Without a command the help has been shown; that is an answer, but not to a question.
    if (error.code === 'commander.help') return exitCodes.usage
    throw new JetpackError(
      'usage',
      sentence(error.message),
      '`jetpack help` lists the commands and `jetpack COMMAND --help` explains one.',
    )
  }
  const work = chosen as Work | null
  return work === null ? exitCodes.ok : await work(readSurroundings())
}

function sentence(message: string): string {
  const text = message.replace(/^error: /, '').replaceAll('\n', ' ')
  const whole = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.?!)]$/.test(whole) ? whole : `${whole}.`
}

// `jetpack list | head` has what it wanted. Any other failure of the output is told by the exit code alone.
function endOnBrokenPipe(error: Error): void {
  process.exit('code' in error && error.code === 'EPIPE' ? exitCodes.ok : exitCodes.bug)
}
