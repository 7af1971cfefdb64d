// Two hundred simulated nights with crashes, torn bursts, bad agents and busy people; and the proof that broken
// engines are found out. A failure names its seed and the one command that replays it.

import t from 'tap'
import { NightFailed, playNight } from './night.js'
import { Random } from './world/random.js'
import type { Sabotage } from './world/world.js'

/** Nights of the normal test run; `npm run nights -- --nights 2000` plays more. */
const nights = 200
/** Nights in which a planted bug must show. */
const nightsToFindABug = 20

t.test(`${nights} nights: no task is lost, none is doubled, every run ends`, t => {
  const total = { tasks: 0, completed: 0, crashes: 0, drained: 0, complete: 0 }
  for (let seed = 1; seed <= nights; seed += 1) {
    const report = playNight({ seed })
    total.tasks += report.tasks
    total.completed += report.completed
    total.crashes += report.crashes
    total.drained += report.drained ? 1 : 0
    total.complete += report.end === 'all_tasks_complete' ? 1 : 0
  }
  t.comment(JSON.stringify(total))
  // A simulator that goes easy on the engine proves nothing.
  t.ok(total.crashes > 5 * nights, 'the orchestrator dies often')
  t.ok(total.completed > total.tasks / 2, 'most of the work is done all the same')
  t.ok(total.drained > nights / 4, 'many nights last into the calm part and drain there')
  t.ok(total.complete > nights / 20, 'some nights complete everything')
  t.end()
})

t.test('one seed is one night', t => {
  t.same(playNight({ seed: 42 }), playNight({ seed: 42 }))
  t.notSame(new Random(1).next(), new Random(2).next())
  t.end()
})

const planted: Readonly<Record<string, { readonly sabotage: Sabotage; readonly seen: RegExp }>> = {
  'effects before durability': {
    sabotage: { actBeforeDurable: true },
    seen: /before it was durable|is not on record/,
  },
  'files before the branch': { sabotage: { filesFirst: true }, seen: /the file of .* has rev/ },
  'a landing that does not compare': { sabotage: { landBlindly: true }, seen: /the landing ref/ },
  'a boot that forgets living agents': {
    sabotage: { forgetTheLiving: true },
    seen: /two live process trees/,
  },
}

for (const [bug, { sabotage, seen }] of Object.entries(planted))
  t.test(`${bug} is found within ${nightsToFindABug} nights, and the way to replay it is told`, t => {
    const failure = firstFailure(sabotage)
    t.match(failure?.message, seen)
    t.match(failure?.message, /npm run nights -- --seed \d+/)
    t.end()
  })

function firstFailure(sabotage: Sabotage): NightFailed | null {
  for (let seed = 1; seed <= nightsToFindABug; seed += 1) {
    try {
      playNight({ seed, sabotage })
    } catch (error) {
      if (error instanceof NightFailed) return error
      throw error
    }
  }
  return null
}
