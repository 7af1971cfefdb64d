// An engine that keeps its tasks in memory: the tests' stand-in for a whole orchestrator behind the socket. It answers with real
// data and keeps the interface's promises, so that what arrives on the other side can be compared with what was there.

import { JetpackError } from '../../src/core/fault.js'
import type { CommandReply, CommandRequest } from '../../src/core/messages/commands.js'
import { newTask, type Task } from '../../src/core/model/task.js'
import type { Cancel, Engine } from '../../src/core/wire/engine.js'
import { logChunkBytes } from '../../src/core/wire/engine.js'
import type {
  LogChunk,
  StatusView,
  TaskDetail,
  TaskPage,
  TaskQuery,
  TaskRow,
  ViewEvent,
} from '../../src/core/wire/views.js'

export class MemoryEngine implements Engine {
  readonly epoch: number
  seq = 7
  readonly tasksById = new Map<string, Task>()
  readonly output = new Map<string, Buffer>()
  readonly commands: CommandRequest[] = []
  readonly #listeners = new Set<(event: ViewEvent | null) => void>()

  constructor(epoch = 3) {
    this.epoch = epoch
    for (const id of ['E1-T1', 'E1-T2', 'E1-T3']) {
      this.tasksById.set(id, newTask({ id, title: `Title of ${id} – ü ✓` }, 1_750_000_000_000))
    }
    this.output.set('E1-T1/2', Buffer.from('one\ntwo\nthree\n'))
  }

  get listeners(): number {
    return this.#listeners.size
  }

  async status(_signal: Cancel): Promise<StatusView> {
    return {
      schema: 'jetpack.status/1',
      live: true,
      at: '2026-01-01T00:00:00.000Z',
      repository: '/somewhere',
      epoch: this.epoch,
      seq: this.seq,
      simulated: false,
      run: null,
      counts: {
        total: 3,
        ready: 3,
        waiting: 0,
        in_progress: 0,
        completed: 0,
        failed: 0,
        blocked: 0,
        cancelled: 0,
      },
      seats: [],
      landing: { branch: 'jetpack-night', tip: null, landed: 0, queued: 0, behind: null, why: null },
      needsYou: 0,
      waitingFor: null,
    }
  }

  async tasks(query: TaskQuery, _signal: Cancel): Promise<TaskPage> {
    const all = [...this.tasksById.values()].map(rowOf)
    const matching = all.filter(row => row.title.includes(query.filter))
    const rows = matching.slice(query.offset, query.offset + query.count)
    return {
      schema: 'jetpack.tasks/1',
      total: all.length,
      matching: matching.length,
      offset: query.offset,
      rows,
    }
  }

  async task(id: string, _signal: Cancel): Promise<TaskDetail> {
    const task = this.tasksById.get(id)
    if (task === undefined) throw new JetpackError('task_unknown', `There is no task "${id}".`, 'Try E1-T1.')
    return { schema: 'jetpack.task-detail/1', task, row: rowOf(task), dependents: ['E1-T3'] }
  }

  async log(id: string, attempt: number | null, from: number, _signal: Cancel): Promise<LogChunk> {
    const bytes = this.output.get(`${id}/${attempt ?? 2}`)
    if (bytes === undefined) throw new JetpackError('task_unknown', `"${id}" has no such attempt.`)
    const start = from < 0 ? Math.max(0, bytes.length + from) : Math.min(from, bytes.length)
    const piece = bytes.subarray(start, start + logChunkBytes)
    const next = start + piece.length
    const text = piece.toString()
    return {
      schema: 'jetpack.log/1',
      task: id,
      attempt: attempt ?? 2,
      from: start,
      next,
      size: bytes.length,
      text,
      open: false,
    }
  }

  async *events(signal: AbortSignal): AsyncGenerator<ViewEvent, void> {
    const queue: (ViewEvent | null)[] = [{ kind: 'hello', epoch: this.epoch, seq: this.seq }]
    let wake = () => {}
    const listener = (event: ViewEvent | null) => {
      queue.push(event)
      wake()
    }
    const stop = () => listener(null)
    this.#listeners.add(listener)
    signal.addEventListener('abort', stop, { once: true })
    try {
      for (;;) {
        const event = queue.shift()
        if (event === null || signal.aborted) return
        if (event !== undefined) yield event
        else
          await new Promise<void>(resolve => {
            wake = resolve
          })
      }
    } finally {
      this.#listeners.delete(listener)
      signal.removeEventListener('abort', stop)
    }
  }

  async command(request: CommandRequest, _signal: Cancel): Promise<CommandReply> {
    this.commands.push(request)
    const { requestId, command } = request
    if (command.name === 'kill') {
      return { ok: false, requestId, code: 'refused', message: 'It does not run.', hint: 'Look at it first.' }
    }
    return { ok: true, requestId, message: `Done: ${command.name}.`, ids: ['E1-T1'] }
  }

  announce(text: string): ViewEvent {
    this.seq += 1
    const at = '2026-01-01T00:00:00.000Z'
    const event: ViewEvent = { kind: 'announced', epoch: this.epoch, seq: this.seq, at, level: 'info', text }
    for (const listener of this.#listeners) listener(event)
    return event
  }
}

function rowOf(task: Task): TaskRow {
  return {
    id: task.id,
    title: task.title,
    status: task.status,
    why: null,
    waiting: false,
    priority: task.priority,
    type: task.type,
    seat: null,
    phase: null,
    attempts: 0,
    counted: 0,
    maxAttempts: 3,
    since: task.updatedAt,
    costUsd: null,
    rev: task.rev,
  }
}
