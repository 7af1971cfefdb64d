// Identity of a process: boot id, pid and start time. A pid alone is reused and is never trusted with a signal.
// Start times are relative to the boot, so clock jumps do not matter. Where there is no /proc (macOS) they come
// from `ps` and are exact to a second only.

import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)
const psLimits = { timeout: 5000, maxBuffer: 65_536, encoding: 'utf8' } as const

export interface Triple {
  readonly bootId: string
  readonly pid: number
  /** Field 22 of /proc/<pid>/stat, or what `ps` calls lstart. */
  readonly start: string
}

/** What the kernel says of a living process. */
export interface ProcessStat {
  readonly pid: number
  readonly parent: number
  readonly start: string
}

/** Id of this boot of the machine; a triple of another boot is dead. */
export async function readBootId(): Promise<string> {
  if (process.platform === 'linux') {
    return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()
  }
  return (await run('sysctl', ['-n', 'kern.bootsessionuuid'], psLimits)).stdout.trim()
}

/** The process with that pid, or null when there is none or only a zombie is left of it. */
export async function readStat(pid: number): Promise<ProcessStat | null> {
  return process.platform === 'linux' ? readProcStat(pid) : readPsStat(pid)
}

/** Whether exactly this process still runs. */
export async function isAlive(triple: Triple): Promise<boolean> {
  const stat = await readStat(triple.pid)
  if (stat === null || stat.start !== triple.start) return false
  return (await readBootId()) === triple.bootId
}

/** The identity of this process. */
export async function ownTriple(): Promise<Triple> {
  const stat = await readStat(process.pid)
  if (stat === null) throw new Error(`The system does not list this process (pid ${process.pid}).`)
  return { bootId: await readBootId(), pid: process.pid, start: stat.start }
}

async function readProcStat(pid: number): Promise<ProcessStat | null> {
  const text = await readUnlessGone(`/proc/${pid}/stat`)
  if (text === null) return null
  // The name in parentheses may hold anything, parentheses and newlines too: fields are counted from the last one.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const [state, parent] = fields
  const start = fields[19]
  if (state === undefined || parent === undefined || start === undefined) return null
  if (state === 'X' || (state === 'Z' && (await threadCount(pid)) <= 1)) return null
  return { pid, parent: Number(parent), start }
}

/** A process whose first thread has ended shows as a zombie while its other threads still work. */
async function threadCount(pid: number): Promise<number> {
  try {
    return (await readdir(`/proc/${pid}/task`)).length
  } catch (error) {
    if (isGone(error)) return 0
    throw error
  }
}

/** Text of a /proc file; null when the process is gone. */
async function readUnlessGone(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isGone(error)) return null
    throw error
  }
}

/** Both codes say that the process ended: before the open, or between open and read. */
function isGone(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code
  return code === 'ENOENT' || code === 'ESRCH'
}

async function readPsStat(pid: number): Promise<ProcessStat | null> {
  try {
    const { stdout } = await run('ps', ['-o', 'ppid=,state=,lstart=', '-p', String(pid)], psLimits)
    const [parent, state, ...start] = stdout.trim().split(/\s+/)
    if (parent === undefined || state === undefined || state.startsWith('Z')) return null
    return { pid, parent: Number(parent), start: start.join(' ') }
  } catch (error) {
    // `ps` exits 1 when there is no such process.
    if ((error as { code?: unknown }).code === 1) return null
    throw error
  }
}
