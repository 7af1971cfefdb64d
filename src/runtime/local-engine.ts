// The engine without an orchestrator: reads from files, and edits tasks under the same lock, through the same
// core and the same durable writer. It starts, settles and ends nothing.

import { type Board, emptyBoard } from '../core/board/board.js'
import { evolve } from '../core/board/evolve.js'
import { decide } from '../core/decide/decide.js'
import type { RecordedChange } from '../core/messages/changes.js'
import { isRecorded } from '../core/messages/changes.js'
import type { CommandReply, CommandRequest } from '../core/messages/commands.js'
import type { Config } from '../core/model/config.js'
import type { Engine } from '../core/wire/engine.js'
import { TaskBranch } from '../git/branch/task-branch.js'
import { acquireLifetimeLock } from '../store/lock.js'
import { TaskFolder } from '../store/task-folder.js'
import { loadBacklog } from './boot/load-backlog.js'
import { DurableWriter } from './loop/durable-writer.js'
import { EngineHost } from './loop/engine-host.js'
import { nextOccasion } from './loop/occasions.js'
import { readOfflineBoard } from './offline-board.js'
import type { RepositoryContext } from './repository-context.js'

/** How long a command waits for another one that holds the lock. */
export const lockWaitMs = 2_000

export interface LocalEngine extends Engine, AsyncDisposable {
  /** One sentence for each file that is not in the picture. */
  readonly notices: readonly string[]
}

export async function openLocalEngine(
  context: RepositoryContext,
  config: Config,
  signal: AbortSignal,
): Promise<LocalEngine> {
  let { board, notices } = await readOfflineBoard(context.layout, config, signal)
  const host = new EngineHost({
    layout: context.layout,
    live: false,
    board: () => board,
    seq: () => 0,
    async command(request) {
      const edited = await editTasks(context, config, request, signal)
      board = edited.board
      notices = edited.notices
      return edited.reply
    },
  })
  const engine = Object.defineProperty(host, 'notices', { get: () => notices }) as EngineHost & {
    readonly notices: readonly string[]
  }
  return Object.assign(engine, {
    async [Symbol.asyncDispose]() {
      host[Symbol.dispose]()
    },
  })
}

interface Edited {
  readonly board: Board
  readonly notices: readonly string[]
  readonly reply: CommandReply
}

/** Fails with `lock_held` when an orchestrator or another command has the lock and keeps it. */
async function editTasks(
  context: RepositoryContext,
  config: Config,
  request: CommandRequest,
  signal: AbortSignal,
): Promise<Edited> {
  const { layout, repository } = context
  await using _lock = await acquireLifetimeLock({
    lockFile: layout.engineLock,
    visibleFolder: layout.state,
    waitMs: lockWaitMs,
    signal,
  })
  await using branch = await TaskBranch.open(repository, { signal })
  const folder = new TaskFolder(layout.tasks)
  const backlog = await loadBacklog({ layout, branch, folder, at: Date.now(), signal })
  const board = emptyBoard(config)
  // Without a run nothing is started or ended by what follows.
  evolve(board, { kind: 'boardLoaded', epoch: 0, run: null, tasks: backlog.tasks })
  const notices = [...backlog.notices]
  const writer = new DurableWriter({ layout, branch, folder, notice: text => notices.push(text) })
  const recorded: RecordedChange[] = []
  for (const task of backlog.edited)
    recorded.push(
      ...decide(board, { kind: 'taskEdited', task, asked: null, ...nextOccasion() }).changes.filter(
        isRecorded,
      ),
    )
  const decision = decide(board, { kind: 'commandReceived', request, ...nextOccasion() })
  recorded.push(...decision.changes.filter(isRecorded))
  if (recorded.length > 0) await writer.write(recorded, signal)
  const reply = decision.effects.find(effect => effect.kind === 'reply')
  if (reply === undefined) throw new Error(`No reply to ${request.command.name}`)
  return { board, notices, reply: reply.reply }
}
