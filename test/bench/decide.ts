// Time of one decision at 1,000, 10,000 and 100,000 tasks: an agent ends, its seat takes the next task. Prints
// medians; asserts nothing, for the machine is shared.

import { emptyBoard } from '../../src/core/board/board.js'
import { decide } from '../../src/core/decide/decide.js'
import type { Event } from '../../src/core/messages/events.js'
import { newTask, type Task } from '../../src/core/model/task.js'
import { ended, gated, green, landed } from '../core/given/happenings.js'
import { configOf, type Happening, runOf, start } from '../core/given/scenario.js'

const seats = 8
const rounds = 600

/** Layers of twenty, each task waiting for two of the layer before; every tenth shares a file, every task has tags of its own. */
function backlog(count: number): Task[] {
  return Array.from({ length: count }, (_, i) => {
    const dependencies = i < 20 ? [] : [`T${i - 20}`, `T${i - 20 - (i % 20) + ((i * 7) % 20)}`]
    const files = i % 10 === 0 ? [`src/f${i % 50}.ts`] : []
    return newTask(
      { id: `T${i}`, title: `task ${i}`, dependencies, files, tags: [`epic-${i % 97}`, `tag-${i}`] },
      start,
    )
  })
}

function median(times: number[]): string {
  const sorted = [...times].sort((a, b) => a - b)
  return `${((sorted[Math.floor(sorted.length / 2)] ?? 0) * 1000).toFixed(0)} µs (p99 ${((sorted[Math.floor(sorted.length * 0.99)] ?? 0) * 1000).toFixed(0)})`
}

for (const count of [1000, 10_000, 100_000]) {
  const config = configOf({
    agents: [{ executor: 'command', command: 'true', count: seats }],
    taskLimits: { 'epic-3': 2 },
  })
  const board = emptyBoard(config)
  let n = 0
  const take = (happening: Happening): number => {
    n += 1
    const before = performance.now()
    decide(board, { ...happening, at: start + n, dice: 0.5, newId: `e${n}-` } as Event)
    return performance.now() - before
  }
  const boot = take({ kind: 'booted', epoch: 1, run: runOf(config), tasks: backlog(count), attempts: [] })
  const times: Record<'agentEnded + start' | 'workGated' | 'workLanded', number[]> = {
    'agentEnded + start': [],
    workGated: [],
    workLanded: [],
  }
  for (let i = 0; i < Math.min(rounds, count - 100); i += 1) {
    const sitting = [...board.seats.values()].flatMap(state => (state.task === null ? [] : [state.task]))
    const id = sitting[i % Math.max(1, sitting.length)]
    if (id === undefined) break
    times['agentEnded + start'].push(take(ended(id, 1, 'done')))
    times.workGated.push(take(gated(id, 1, green)))
    times.workLanded.push(take(landed(id, 1)))
  }
  const figures = Object.entries(times).map(([name, list]) => `${name} ${median(list)}`)
  console.log(
    `${count} tasks: boot ${boot.toFixed(0)} ms, ${figures.join(', ')}, ${board.counts.completed} completed`,
  )
}
