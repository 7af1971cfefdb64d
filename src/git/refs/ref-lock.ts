// A git that is killed while it moves a ref leaves `<ref>.lock`, which blocks every later move. Only locks on
// refs that are ours alone may be removed, only by the holder of the engine lock, and only when nobody is using them.

import { stat, unlink } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { hasCode } from '../command/system-error.js'

/** A living git holds a ref lock for milliseconds; one that stands still for this long has no owner. */
export const staleLockMs = 2_000

const ourRefs = /^refs\/(jetpack\/|heads\/jetpack-tasks$|heads\/jetpack-work\/)/

/**
 * Removes the lock file of `ref` when it has stood still for `staleLockMs`, waiting so long if need be. True when
 * the ref is free afterwards. Call it only under the engine lock; a ref that is not ours is left alone.
 */
export async function healRefLock(commonDir: string, ref: string, signal: AbortSignal): Promise<boolean> {
  if (!ourRefs.test(ref)) return false
  const lock = `${commonDir}/${ref}.lock`
  const first = await lockState(lock)
  if (first === null) return true
  const age = Date.now() - first.mtimeMs
  // A clock that was set back makes a negative age: then only the wait itself proves that nobody is at work.
  const wait = age < 0 ? staleLockMs : Math.max(0, staleLockMs - age)
  if (wait > 0) await sleep(wait, undefined, { signal })
  const second = await lockState(lock)
  if (second === null) return true
  if (second.ino !== first.ino || second.mtimeMs !== first.mtimeMs) return false
  await unlink(lock)
  return true
}

async function lockState(lock: string): Promise<{ ino: number; mtimeMs: number } | null> {
  try {
    return await stat(lock)
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return null
    throw error
  }
}
