// The simulated agent itself: a process of its own, started by the executor `sim` with its script as the one
// argument, in the workspace of a task. Plain Node, few imports: hundreds are started in a night.

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SimScript } from './sim.js'
import { writeSharedLine, writeWork } from './sim-work.js'

const chatterMs = 200
/** Even a hanging agent that nobody ends is gone after this many seconds. */
const longestHangSeconds = 3600

await main(JSON.parse(process.argv[2] ?? '{}') as SimScript)

async function main(script: SimScript): Promise<void> {
  say(`Simulation: no model is at work. Attempt ${script.attempt} of ${script.taskId}: ${script.title}`)
  if (script.behaviour === 'hang') await hang()
  const deathMs = script.behaviour === 'die' ? script.workMs / 2 : script.workMs
  await pretend(deathMs)
  if (script.behaviour === 'die') process.kill(process.pid, 'SIGKILL')
  if (script.behaviour === 'fail') {
    process.stderr.write(`Simulated failure: the agent gives up on ${script.taskId}.\n`)
    process.exitCode = 1
    return
  }
  const files = writeWork(script)
  writeSharedLine(script)
  say(`Simulation: wrote ${files.join(' and ')}`)
  const summary = `Simulation: wrote ${files.join(' and ')} for "${script.title}"; no model was asked.`
  process.stdout.write(`${JSON.stringify({ jetpack: { outcome: 'done', summary, costUsd: null } })}\n`)
}

function say(text: string): void {
  process.stdout.write(`${JSON.stringify({ sim: text })}\n`)
}

async function pretend(workMs: number): Promise<void> {
  const end = performance.now() + workMs
  for (let step = 1; performance.now() < end; step += 1) {
    say(`Simulation: step ${step}, ${existsSync('src') ? 'editing src' : 'reading the folder'}`)
    await sleep(Math.min(chatterMs, Math.max(0, end - performance.now())))
  }
}

/** Deaf to the soft stop, like its children: one in a session of its own, one that has left the family, environment wiped. */
async function hang(): Promise<never> {
  process.on('SIGTERM', () => say('Simulation: hangs, and ignores TERM'))
  const deaf = `trap "" TERM; i=0; while [ $i -lt ${longestHangSeconds} ]; do sleep 1; i=$((i+1)); done`
  const options = { detached: true, stdio: 'ignore', env: { PATH: '/usr/bin:/bin' } } as const
  spawn('/bin/sh', ['-c', deaf], options).unref()
  spawn('/bin/sh', ['-c', `(${deaf}) & exit 0`], options).unref()
  say('Simulation: hangs with two children')
  await sleep(longestHangSeconds * 1000)
  process.exit(1)
}
