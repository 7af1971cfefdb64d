// `npm run nights -- [--seed N] [--nights K] [--verbose]`: plays K nights from seed N on and stops at the first that fails.

import { parseArgs } from 'node:util'
import { NightFailed, playNight } from './night.js'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    nights: { type: 'string', default: '1' },
    verbose: { type: 'boolean', default: false },
  },
})
const [seed, nights] = [Number(values.seed), Number(values.nights)]
if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(nights) || nights < 1) {
  console.error('Cannot play: --seed and --nights must be whole numbers, --nights at least 1.')
  process.exit(2)
}

const begun = performance.now()
const total = { tasks: 0, completed: 0, crashes: 0, commits: 0, steps: 0 }
try {
  for (let i = seed; i < seed + nights; i += 1) {
    const report = playNight({
      seed: i,
      ...(values.verbose ? { log: (line: string) => console.log(line) } : {}),
    })
    for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += report[key]
    if (nights <= 20) console.log(JSON.stringify(report))
  }
  const seconds = ((performance.now() - begun) / 1000).toFixed(1)
  console.log(
    `${nights} nights in ${seconds} s: ${total.completed} of ${total.tasks} tasks completed, ${total.crashes} crashes, ${total.commits} commits, ${total.steps} steps; every invariant held.`,
  )
} catch (error) {
  if (!(error instanceof NightFailed)) throw error
  console.error(error.message)
  process.exitCode = 1
}
