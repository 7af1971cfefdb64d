// A process of its own for the lock's test: obeys one line at a time and answers each with one line of JSON.

import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { acquireLifetimeLock, type LifetimeLock } from '../../src/store/lock.js'

let lock: LifetimeLock | null = null

async function obey(line: string): Promise<object> {
  const [word, folder = '', waitMs = '0'] = line.split(' ')
  if (word === 'release') {
    await lock?.[Symbol.asyncDispose]()
    lock = null
    return { released: true }
  }
  if (word === 'child') {
    // Outlives its parent; it must not keep the parent's lock alive.
    const child = spawn('sleep', ['60'], { detached: true, stdio: 'inherit' })
    return { child: child.pid }
  }
  try {
    const { signal } = new AbortController()
    const visibleFolder = folder
    lock = await acquireLifetimeLock({
      lockFile: `${folder}/engine.lock`,
      visibleFolder,
      waitMs: Number(waitMs),
      signal,
    })
    return { got: true, pid: process.pid }
  } catch (error) {
    return { got: false, message: String(error) }
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await obey(line))}\n`)
}
