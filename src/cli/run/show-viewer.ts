// The full screen, over the socket. It is loaded only when it is shown.

import type { RepositoryContext } from '../../runtime/repository-context.js'
import type { TuiExit, TuiMode } from '../../tui/model.js'
import { socketEngine } from '../open/connect.js'
import type { Surroundings } from '../open/surroundings.js'
import { printNote } from '../print/print.js'

/** Lasts until the person leaves. */
export async function showViewer(
  context: RepositoryContext,
  around: Surroundings,
  mode: TuiMode,
): Promise<TuiExit> {
  const { runTui } = await import('../../tui/program.js')
  using engine = socketEngine(context.layout, around)
  const { signal, user, terminal: env } = around
  const exit = await runTui({ engine, input: process.stdin, output: process.stdout, env, signal, mode, user })
  // Standard input keeps a process alive for as long as it is read.
  process.stdin.unref?.()
  if (exit.kind === 'left' && mode === 'attach')
    printNote('Left the viewer; the run goes on. `jetpack attach` comes back to it.')
  return exit
}
