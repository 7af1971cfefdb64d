// Sends one command to the engine and prints what became of it. What the engine refuses is a fault here.

import { randomUUID } from 'node:crypto'
import { type FaultCode, JetpackError } from '../../core/fault.js'
import type { Command, CommandReply } from '../../core/messages/commands.js'
import type { Engine } from '../../core/wire/engine.js'
import { connectEngine } from '../open/connect.js'
import type { Surroundings } from '../open/surroundings.js'
import { plain, printJson, printLine } from '../print/print.js'

export interface SendOptions {
  readonly json?: true
}

type Done = Extract<CommandReply, { ok: true }>

/** Connects, sends, prints; the exit code of a command that was carried out. */
export async function send(around: Surroundings, command: Command, options: SendOptions): Promise<number> {
  await using connection = await connectEngine(around, 'commands')
  printReply(await ask(connection.engine, around, command), options)
  return 0
}

/** The reply to a command that was carried out. Faults: `task_unknown`, `command_refused`, and those of the link or the lock. */
export async function ask(engine: Engine, around: Surroundings, command: Command): Promise<Done> {
  const reply = await engine.command({ command, by: around.user, requestId: randomUUID() }, around.signal)
  if (reply.ok) return reply
  throw new JetpackError(faultCodes[reply.code], reply.message, reply.hint)
}

export function printReply({ message, ids }: Done, options: SendOptions): void {
  if (options.json) printJson({ schema: 'jetpack.reply/1', ok: true, message, ids })
  else printLine(plain(message))
}

const faultCodes: Readonly<Record<Extract<CommandReply, { ok: false }>['code'], FaultCode>> = {
  refused: 'command_refused',
  unknown_task: 'task_unknown',
  invalid: 'task_invalid',
}
