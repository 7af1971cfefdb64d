// Makes a workspace fit to work in: paths linked or copied from the checkout, then the setup command. Runs before
// every attempt; what is there already stays.

import { cp, mkdir, stat, symlink } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'
import { JetpackError } from '../../core/fault.js'
import { runGate } from '../../exec/gates/run-gate.js'
import { gateOutputFile } from './last-failure.js'
import type { WorkContext } from './work-context.js'

export async function furnishWorkspace(
  context: WorkContext,
  workspace: string,
  attempt: string,
): Promise<void> {
  const { link, copy, setup } = context.config.workspace
  for (const path of link) await bring(context, workspace, path, (from, to) => symlink(from, to))
  for (const path of copy)
    await bring(context, workspace, path, (from, to) =>
      cp(from, to, { recursive: true, errorOnExist: false }),
    )
  if (setup === null) return
  await mkdir(attempt, { recursive: true, mode: 0o700 })
  const result = await runGate({
    gate: { name: 'setup', command: setup, required: true },
    cwd: workspace,
    env: context.baseEnv,
    timeoutMs: context.config.gateTimeoutMs,
    outFile: gateOutputFile(attempt, 'setup'),
    signal: context.signal,
  })
  if (result.state !== 'green')
    throw new JetpackError(
      'spawn_failed',
      `Cannot prepare the workspace: the setup command failed: ${result.reason ?? result.state}`,
      'Run workspace.setup by hand in a fresh worktree.',
    )
}

async function bring(
  context: WorkContext,
  workspace: string,
  path: string,
  carry: (from: string, to: string) => Promise<unknown>,
): Promise<void> {
  const inside = normalize(path)
  if (inside.startsWith('..') || inside.startsWith('/')) {
    throw new JetpackError(
      'config_invalid',
      `Cannot prepare the workspace: path "${path}" leads out of the checkout.`,
      'workspace.link and workspace.copy take paths below the checkout.',
    )
  }
  const [from, to] = [join(context.layout.home, inside), join(workspace, inside)]
  if (!(await exists(from)) || (await exists(to))) return
  await mkdir(dirname(to), { recursive: true })
  await carry(from, to)
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false, // Not there, or not to be read: either way there is nothing to bring or to keep.
  )
}
