// What the reaper writes into the attempt's folder, read back and checked. The files are our own, but a cut or
// foreign one must not be believed: whatever does not parse counts as absent.

import { readFile } from 'node:fs/promises'
import type { Exit } from '../../core/messages/verdict.js'
import type { Triple } from './triple.js'

/** Names inside an attempt's folder. */
export const attemptFiles = {
  prompt: 'prompt.md',
  output: 'out.jsonl',
  errors: 'err.log',
  control: 'control',
  exit: 'exit',
  state: 'state.json',
  tree: 'tree.json',
} as const

export interface AttemptState {
  /** `starting`: recorded, not yet executed. `ended`: the exit file stands. */
  readonly phase: 'starting' | 'running' | 'ended'
  readonly mark: string
  readonly epoch: number
  readonly reaper: Triple
  readonly agent: Triple
  readonly startedAt: number
}

/** How the reaper says it ended; `failed`: the agent could not be executed, with the system's reason. */
export type ReaperExit = Exit | { readonly kind: 'failed'; readonly reason: string }

type Fields = Readonly<Record<string, unknown>>

/** State as last written, or null when no reaper has written any. */
export async function readAttemptState(folder: string): Promise<AttemptState | null> {
  const fields = await readJson(`${folder}/${attemptFiles.state}`)
  if (!isFields(fields)) return null
  const { phase, mark, epoch, bootId, startedAt } = fields
  if (phase !== 'starting' && phase !== 'running' && phase !== 'ended') return null
  if (typeof mark !== 'string' || typeof epoch !== 'number' || typeof bootId !== 'string') return null
  const reaper = tripleFrom(bootId, fields['reaper'])
  const agent = tripleFrom(bootId, fields['agent'])
  if (reaper === null || agent === null || typeof startedAt !== 'number') return null
  return { phase, mark, epoch, reaper, agent, startedAt }
}

/** The exit file, or null while something of the tree may live. */
export async function readReaperExit(folder: string): Promise<ReaperExit | null> {
  const fields = await readJson(`${folder}/${attemptFiles.exit}`)
  if (!isFields(fields)) return null
  const { code, signal, failed } = fields
  if (typeof code === 'number') return { kind: 'exited', code }
  if (typeof signal === 'string') return { kind: 'signalled', signal }
  if (typeof failed === 'string') return { kind: 'failed', reason: failed }
  return null
}

/** Every process of the attempt that its reaper has told of: reaper, agent, and the tree as seen within the last second. */
export async function recordedTriples(folder: string): Promise<readonly Triple[]> {
  const state = await readAttemptState(folder)
  if (state === null) return []
  const tree = await readJson(`${folder}/${attemptFiles.tree}`)
  const seen = Array.isArray(tree) ? tree.map(entry => tripleFrom(state.reaper.bootId, entry)) : []
  return [state.reaper, state.agent, ...seen.filter(triple => triple !== null)]
}

function tripleFrom(bootId: string, value: unknown): Triple | null {
  if (!isFields(value)) return null
  const { pid, start } = value
  // Signals to 1 or below reach init or whole groups.
  if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 1) return null
  return typeof start === 'string' && start !== '' ? { bootId, pid, start } : null
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null
    throw error
  })
  if (text === null) return null
  try {
    return JSON.parse(text)
  } catch {
    // Not JSON: not the reaper's, which installs whole files only.
    return null
  }
}
