// One owner for a lifetime: the kernel's lock first, which cannot be stale, then proper-lockfile as the layer that
// other tools can see. The file itself is never removed: a second one of the same name would be a second lock.

import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { mkdir, open, readFile, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { JetpackError } from '../core/fault.js'
import { isoTime } from '../core/model/time.js'
import { type LockTool, lockTools, tryKernelLock } from './kernel-lock.js'
import { hasCode, statIfThere } from './write-durably.js'

/** Who holds a lock, by its own word: boot, pid and start time name one process even after the pid is used again. */
export interface LockOwner {
  readonly pid: number
  readonly startedAt: string
  /** Null where the system does not tell (macOS). */
  readonly bootId: string | null
  /** Start of the process in clock ticks since boot, as in /proc/<pid>/stat; null where the system does not tell. */
  readonly startTicks: number | null
}

export interface LockOptions {
  readonly lockFile: string
  /** Folder that gets the visible layer, `<folder>/visible.lock`; null for none. One visible lock per folder and process. */
  readonly visibleFolder: string | null
  /** How long to go on trying while another holds the lock. */
  readonly waitMs: number
  readonly signal: AbortSignal
  /** Told when the visible layer was taken or removed under us. Must not throw. The kernel lock is still ours: see `isIntact`. */
  readonly onCompromised?: (why: string) => void
  readonly tools?: readonly LockTool[]
}

const retryMs = 40
const visibleStaleMs = 30_000
const visibleUpdateMs = 5000
/** `isLockHeld` takes the lock for some milliseconds; so even a caller that will not wait tries this often. */
const minTries = 3
const maxOwnerBytes = 4096

/** Faults: `lock_held`, with the owner's pid where it is known; `spawn_failed` where nothing can lock. */
export async function acquireLifetimeLock(options: LockOptions): Promise<LifetimeLock> {
  await mkdir(dirname(options.lockFile), { recursive: true, mode: 0o700 })
  const fd = await takeKernelLock(options)
  try {
    await writeOwner(fd)
    const release =
      options.visibleFolder === null ? null : await takeVisibleLock(options.visibleFolder, options)
    return new LifetimeLock(options.lockFile, fd, release)
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

/** Whether any process holds the lock now. */
export async function isLockHeld(lockFile: string): Promise<boolean> {
  let handle: Awaited<ReturnType<typeof open>>
  try {
    handle = await open(lockFile, 'r')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false
    throw error
  }
  try {
    return !(await tryKernelLock(handle.fd, 'shared', new AbortController().signal))
  } finally {
    await handle.close()
  }
}

/** Who says to hold the lock; null when nobody does. A killed holder's word stays, so ask `isLockHeld` first. */
export async function readLockOwner(lockFile: string): Promise<LockOwner | null> {
  if (((await statIfThere(lockFile))?.size ?? 0) > maxOwnerBytes) return null
  try {
    const value = JSON.parse(await readFile(lockFile, 'utf8')) as LockOwner
    return Number.isInteger(value.pid) ? value : null
  } catch (error) {
    // No file, an empty one, or one just being written: nobody has said anything.
    if (hasCode(error, 'ENOENT') || error instanceof SyntaxError) return null
    throw error
  }
}

/** A held lock. Disposing of it gives it back; the end of the process does so too. */
export class LifetimeLock {
  readonly lockFile: string
  readonly #release: (() => Promise<void>) | null
  // A bare number: a FileHandle would be closed, and the lock lost, when it is garbage collected.
  #fd: number | null

  constructor(lockFile: string, fd: number, release: (() => Promise<void>) | null) {
    this.lockFile = lockFile
    this.#fd = fd
    this.#release = release
  }

  /** False when it was given back, or when the lock file was removed or replaced, so that others could take a second lock. */
  async isIntact(): Promise<boolean> {
    return this.#fd !== null && (await isFileAt(this.#fd, this.lockFile))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const fd = this.#fd
    if (fd === null) return
    this.#fd = null
    try {
      await this.#release?.()
      ftruncateSync(fd)
    } finally {
      closeSync(fd)
    }
  }
}

async function takeKernelLock(options: LockOptions): Promise<number> {
  const deadline = performance.now() + options.waitMs
  for (let tries = 1; ; tries += 1) {
    options.signal.throwIfAborted()
    const fd = openSync(options.lockFile, 'a+', 0o600)
    let isOurs = false
    try {
      const isLocked = await tryKernelLock(fd, 'exclusive', options.signal, options.tools ?? lockTools)
      // Somebody may have replaced the file between opening and locking; then the lock guards nothing.
      isOurs = isLocked && (await isFileAt(fd, options.lockFile))
      if (isOurs) return fd
    } finally {
      if (!isOurs) closeSync(fd)
    }
    if (tries >= minTries && performance.now() >= deadline) throw await heldFault(options)
    await sleep(retryMs, undefined, { signal: options.signal })
  }
}

async function isFileAt(fd: number, path: string): Promise<boolean> {
  const stats = await statIfThere(path)
  const ours = fstatSync(fd)
  return stats !== null && stats.ino === ours.ino && stats.dev === ours.dev
}

async function heldFault(options: LockOptions): Promise<JetpackError> {
  const owner = await readLockOwner(options.lockFile)
  const who = owner === null ? 'another process' : `process ${owner.pid} (started ${owner.startedAt})`
  const waited = options.waitMs === 0 ? '' : ` and was not given back within ${options.waitMs / 1000} s`
  return new JetpackError(
    'lock_held',
    `Taking the lock ${options.lockFile} failed: it is held by ${who}${waited}.`,
    'One process at a time may do this for a repository: use the running one, or end it first.',
  )
}

async function writeOwner(fd: number): Promise<void> {
  const startedAt = isoTime(Math.round(performance.timeOrigin))
  const owner: LockOwner = { pid: process.pid, startedAt, ...(await readStart()) }
  ftruncateSync(fd)
  writeSync(fd, `${JSON.stringify(owner)}\n`)
}

async function readStart(): Promise<Pick<LockOwner, 'bootId' | 'startTicks'>> {
  try {
    const bootId = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()
    const stat = await readFile('/proc/self/stat', 'utf8')
    // The second field is the name in brackets and may hold anything; the start time is the 20th after it.
    const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
    return { bootId, startTicks: Number.isInteger(ticks) ? ticks : null }
  } catch (error) {
    // No /proc: macOS.
    if (hasCode(error, 'ENOENT', 'EACCES')) return { bootId: null, startTicks: null }
    throw error
  }
}

async function takeVisibleLock(
  folder: string,
  options: Pick<LockOptions, 'onCompromised'>,
): Promise<() => Promise<void>> {
  const lockfilePath = `${folder}/visible.lock`
  await mkdir(folder, { recursive: true, mode: 0o700 })
  // We hold the kernel's lock, so whoever made this is dead; waiting for it to grow stale would cost 30 s.
  await rm(lockfilePath, { recursive: true, force: true })
  const { default: properLockfile } = await import('proper-lockfile')
  const release = await properLockfile.lock(folder, {
    lockfilePath,
    stale: visibleStaleMs,
    update: visibleUpdateMs,
    // The default throws inside a timer and would end the process.
    onCompromised: error => options.onCompromised?.(error.message),
  })
  return async () => {
    try {
      await release()
    } catch (error) {
      // Compromised or removed by hand: there is nothing left to give back.
      if (!hasCode(error, 'ERELEASED', 'ENOTACQUIRED', 'ENOENT')) throw error
    }
  }
}
