// The safety net below the reaper: finds what is left of an attempt by its mark, its recorded triples, and the
// children of either, and kills it. Nothing else may ever be matched: no name, no group, no run id, no other user.
// Marks are read from /proc; on macOS only recorded triples are found.

import { readdir, readFile, stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive, type ProcessStat, readBootId, readStat, type Triple } from './triple.js'

const rounds = 20
/** Files of /proc that are open at once. */
const batchSize = 32
const markShape = /^[A-Za-z0-9_-]{8,128}$/

/** A process of ours that carries the mark of an attempt. */
export interface MarkedProcess {
  readonly pid: number
  readonly mark: string
}

/**
 * Kills whatever is left of the attempt with that mark, in up to 20 rounds, until a look finds nothing.
 * `remaining`: pids that could not be ended (another user's, or stuck in the kernel). Rejects with the signal's reason.
 */
export async function sweepMark(
  mark: string,
  recorded: readonly Triple[],
  { signal }: { signal: AbortSignal },
): Promise<{ readonly remaining: readonly number[] }> {
  if (!markShape.test(mark))
    throw new Error(`A sweep needs a mark of 8 to 128 letters and digits, not "${mark}".`)
  const known = new Map(recorded.map(triple => [triple.pid, triple]))
  let found: readonly number[] = []
  for (let round = 0; round < rounds; round += 1) {
    signal.throwIfAborted()
    found = await findTree(mark, known)
    if (found.length === 0) return { remaining: [] }
    for (const pid of found) killIfThere(pid)
    await sleep(Math.min(5 * 2 ** round, 250), undefined, { signal })
  }
  return { remaining: await findTree(mark, known) }
}

/** Every process of this user that carries a mark, for `doctor`. Empty where there is no /proc. */
export async function listMarked(): Promise<readonly MarkedProcess[]> {
  const marked: MarkedProcess[] = []
  for (const { pid } of await listOurProcesses()) {
    const mark = await readMark(pid)
    if (mark !== null) marked.push({ pid, mark })
  }
  return marked
}

/** Pids of the attempt that live now; what is found is added to `known`, so that it stays in sight without its parent. */
async function findTree(mark: string, known: Map<number, Triple>): Promise<readonly number[]> {
  const living = new Set<number>()
  for (const triple of known.values()) if (await isAlive(triple)) living.add(triple.pid)
  const table = await listOurProcesses()
  const marks = await inBatches(table, ({ pid }) => readMark(pid))
  const marked = table.filter((_, i) => marks[i] === mark).map(({ pid }) => pid)
  for (const pid of marked) living.add(pid)
  // Parents may have higher pids than their children, so pass over the table until nothing is added.
  for (let size = -1; size !== living.size; ) {
    size = living.size
    for (const { pid, parent } of table) if (living.has(parent)) living.add(pid)
  }
  for (const pid of ourLine(table)) living.delete(pid)
  const bootId = await readBootId()
  for (const { pid, start } of table) if (living.has(pid)) known.set(pid, { bootId, pid, start })
  return [...living]
}

/** This process and its ancestors: an orchestrator started by an agent must not end itself. */
function ourLine(table: readonly ProcessStat[]): readonly number[] {
  const parents = new Map(table.map(({ pid, parent }) => [pid, parent]))
  const line: number[] = []
  for (
    let pid: number | undefined = process.pid;
    pid !== undefined && !line.includes(pid);
    pid = parents.get(pid)
  ) {
    line.push(pid)
  }
  return line
}

async function listOurProcesses(): Promise<readonly ProcessStat[]> {
  if (process.platform !== 'linux') return []
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name)).map(Number)
  const found = await inBatches(pids, async pid => ((await isOurs(pid)) ? readStat(pid) : null))
  return found.filter(entry => entry !== null)
}

async function isOurs(pid: number): Promise<boolean> {
  const entry = await unlessGone(stat(`/proc/${pid}`))
  return entry !== null && entry.uid === process.getuid?.()
}

async function readMark(pid: number): Promise<string | null> {
  const text = await unlessGone(readFile(`/proc/${pid}/environ`, 'latin1'))
  if (text === null) return null
  const entry = text.split('\0').find(line => line.startsWith('JETPACK_MARK='))
  return entry === undefined ? null : entry.slice('JETPACK_MARK='.length)
}

/** Processes come and go while we look; those that may not be read are not ours to end. */
async function unlessGone<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES' || code === 'EPERM') return null
    throw error
  }
}

/** KILL ends stopped processes too. */
function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    // ESRCH: it has just ended. EPERM: it changed its user; the next look finds it and it is reported as remaining.
    if (code !== 'ESRCH' && code !== 'EPERM') throw error
  }
}

async function inBatches<In, Out>(items: readonly In[], map: (item: In) => Promise<Out>): Promise<Out[]> {
  const results: Out[] = []
  for (let from = 0; from < items.length; from += batchSize) {
    results.push(...(await Promise.all(items.slice(from, from + batchSize).map(map))))
  }
  return results
}
