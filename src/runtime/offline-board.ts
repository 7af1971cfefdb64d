// The backlog as the files tell it, for commands that only read while no orchestrator lives. Nothing is mended
// here: a file that cannot be read is named and left alone.

import { type Board, emptyBoard } from '../core/board/board.js'
import { evolve } from '../core/board/evolve.js'
import type { Layout } from '../core/layout.js'
import type { Config } from '../core/model/config.js'
import { readRuns } from '../store/run-folder.js'
import { describeFlaw } from '../store/schema/flaw.js'
import { TaskFolder } from '../store/task-folder.js'

export interface OfflineBoard {
  readonly board: Board
  /** One sentence for each file that is not in the picture. */
  readonly notices: readonly string[]
}

export async function readOfflineBoard(
  layout: Layout,
  config: Config,
  signal: AbortSignal,
): Promise<OfflineBoard> {
  const [{ files, unreadable }, { runs }] = await Promise.all([
    new TaskFolder(layout.tasks).load(signal),
    readRuns(layout),
  ])
  const board = emptyBoard(config)
  const tasks = files.flatMap(file => (file.check.ok ? [file.check.task] : []))
  evolve(board, { kind: 'boardLoaded', epoch: 0, run: runs[0] ?? null, tasks })
  const flawed = files.flatMap(file => (file.check.ok ? [] : file.check.flaws.slice(0, 1).map(describeFlaw)))
  return { board, notices: [...unreadable.map(file => file.why), ...flawed] }
}
