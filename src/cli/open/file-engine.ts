// The engine for looking while no orchestrator answers: the files as they are, nothing mended, nothing locked. A file
// that cannot be read is named on standard error and left out of the picture.

import { JetpackError } from '../../core/fault.js'
import type { Layout } from '../../core/layout.js'
import type { Config } from '../../core/model/config.js'
import { EngineHost } from '../../runtime/loop/engine-host.js'
import { readOfflineBoard } from '../../runtime/offline-board.js'
import { plain, printNote } from '../print/print.js'

/** Files that are named; the rest is counted. */
const namedFiles = 3

export async function openFileEngine(
  layout: Layout,
  config: Config,
  signal: AbortSignal,
): Promise<EngineHost> {
  const { board, notices } = await readOfflineBoard(layout, config, signal)
  for (const notice of notices.slice(0, namedFiles)) printNote(plain(notice))
  if (notices.length > namedFiles)
    printNote(
      `… and ${notices.length - namedFiles} more files that cannot be read: \`jetpack validate-tasks\``,
    )
  return new EngineHost({
    layout,
    live: false,
    board: () => board,
    seq: () => 0,
    command: async () => {
      throw new JetpackError('not_running', 'Cannot carry out a command: this engine only reads files.')
    },
  })
}
