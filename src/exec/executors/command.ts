// The executor `command`: any script as a full member of the crew. Its exit code tells how it went; a line
// `{"jetpack":{…}}` on its output says more and wins over the code.

import { JetpackError } from '../../core/fault.js'
import type { Exit, Verdict } from '../../core/messages/verdict.js'
import type { Outcome } from '../../core/model/task.js'
import type { EpochMs } from '../../core/model/time.js'
import { fingerprintOf, lastWords } from '../failure-text.js'
import { agentEnvironment } from './agent-environment.js'
import { readDeclaration } from './declared-line.js'
import type { AgentStart, Executor, LaunchContext, OutputFiles } from './executor.js'

/** From sysexits.h where it has a word for it; 126 and 127 are the shell's "cannot execute" and "not found". */
const outcomeOfCode: Readonly<Record<number, Outcome>> = {
  0: 'done',
  69: 'infra',
  75: 'provider',
  77: 'auth',
  126: 'infra',
  127: 'infra',
}

export const commandExecutor: Executor = { name: 'command', plan, interpret: interpretCommand }

function plan(context: LaunchContext): AgentStart {
  const { task, seat } = context
  const command = task.command ?? seat.command
  if (command === null || command.length === 0) {
    throw new JetpackError(
      'spawn_failed',
      `Cannot start task "${task.id}" on seat "${seat.name}": neither of them has a command.`,
      'Give the task a command (jetpack edit ID --command …) or the seat one in jetpack.config.json.',
    )
  }
  const env = agentEnvironment(context)
  if (typeof command === 'string') return { argv: ['/bin/sh', '-c', command], env }
  return { argv: command === seat.command ? [...command, ...seat.args] : command, env }
}

/** Also what every agent that speaks this protocol means. */
export async function interpretCommand(files: OutputFiles, exit: Exit, at: EpochMs): Promise<Verdict> {
  const said = await readDeclaration(files.outFile, at)
  const outcome = exit.kind === 'exited' ? (said.outcome ?? outcomeOfCode[exit.code] ?? 'task') : 'killed'
  const details = {
    resetAt: said.resetAt,
    sessionId: said.sessionId,
    costUsd: said.costUsd,
    tokens: said.tokens,
    summary: said.summary,
  }
  if (outcome === 'done') return { outcome, reason: null, fingerprint: null, ...details }
  const words = said.reason ?? (await lastWords([files.errFile, files.outFile]))
  if (words !== null)
    return { outcome, reason: words, fingerprint: fingerprintOf(outcome, words), ...details }
  const reason = `The agent ${endingOf(exit)} and said nothing.`
  return { outcome, reason, fingerprint: fingerprintOf(`${outcome}: ${reason}`, ''), ...details }
}

function endingOf(exit: Exit): string {
  switch (exit.kind) {
    case 'exited':
      return `ended with exit code ${exit.code}`
    case 'signalled':
      return `was ended by signal ${exit.signal}`
    case 'lost':
      return 'vanished together with its reaper'
  }
}
