// An engine in memory: it answers like the real one, and the test moves it.

import { JetpackError } from '../../../src/core/fault.js'
import type { CommandReply, CommandRequest } from '../../../src/core/messages/commands.js'
import { newTask } from '../../../src/core/model/task.js'
import type { Cancel, Engine } from '../../../src/core/wire/engine.js'
import type { LogChunk, StatusView, TaskQuery, TaskRow, ViewEvent } from '../../../src/core/wire/views.js'
import { sampleAt, sampleRows, sampleStatus } from './sample.js'

export class MemoryEngine implements Engine {
  rows: readonly TaskRow[]
  now: StatusView
  logs = new Map<string, string>()
  readonly commands: CommandRequest[] = []
  readonly queries: TaskQuery[] = []
  fetches = 0
  #seq = 41
  #listeners = new Set<(event: ViewEvent | null) => void>()

  constructor(rows: readonly TaskRow[] = sampleRows, status: StatusView = sampleStatus()) {
    this.rows = rows
    this.now = status
  }

  async status(_signal?: Cancel) {
    this.fetches += 1
    return this.now
  }

  async tasks(query: TaskQuery) {
    this.fetches += 1
    this.queries.push(query)
    const rows = this.rows.slice(query.offset, query.offset + query.count)
    const { length } = this.rows
    return { schema: 'jetpack.tasks/1', total: length, matching: length, offset: query.offset, rows } as const
  }

  async task(id: string) {
    this.fetches += 1
    const row = this.rows.find(one => one.id === id)
    if (row === undefined) throw new JetpackError('task_unknown', `There is no task ${id}.`)
    const task = newTask({ id, title: row.title, description: `what ${id} is about` }, sampleAt)
    return { schema: 'jetpack.task-detail/1', task, row, dependents: ['E9-T1'] } as const
  }

  async log(id: string, attempt: number | null, from: number): Promise<LogChunk> {
    this.fetches += 1
    const text = this.logs.get(id) ?? ''
    const start = from < 0 ? Math.max(0, text.length + from) : Math.min(from, text.length)
    const cut = text.slice(start, start + 65_536)
    const next = start + cut.length
    return {
      schema: 'jetpack.log/1',
      task: id,
      attempt: attempt ?? 1,
      from: start,
      next,
      size: text.length,
      text: cut,
      open: true,
    }
  }

  async *events(signal: Cancel): AsyncGenerator<ViewEvent, void> {
    const waiting: (ViewEvent | null)[] = [{ kind: 'hello', epoch: this.now.epoch, seq: this.now.seq }]
    let wake: () => void = () => {}
    const listener = (event: ViewEvent | null): void => {
      waiting.push(event)
      wake()
    }
    this.#listeners.add(listener)
    if (signal instanceof AbortSignal) signal.addEventListener('abort', () => listener(null), { once: true })
    try {
      for (;;) {
        const event = waiting.shift()
        if (event === null) return
        if (event !== undefined) yield event
        else
          await new Promise<void>(resolve => {
            wake = resolve
          })
      }
    } finally {
      this.#listeners.delete(listener)
    }
  }

  async command(request: CommandRequest): Promise<CommandReply> {
    this.commands.push(request)
    return { ok: true, requestId: request.requestId, message: `did ${request.command.name}`, ids: [] }
  }

  /** Rows change, and every viewer is told. */
  change(rows: readonly TaskRow[], status: Partial<StatusView> = {}): void {
    const news = new Map(rows.map(row => [row.id, row]))
    this.rows = this.rows.map(row => news.get(row.id) ?? row)
    this.#seq += 1
    this.now = { ...this.now, ...status, seq: this.#seq }
    this.#send({ kind: 'changed', epoch: this.now.epoch, seq: this.#seq, rows, status: this.now })
  }

  announce(text: string): void {
    this.#seq += 1
    const at = new Date(sampleAt).toISOString()
    this.#send({ kind: 'announced', epoch: this.now.epoch, seq: this.#seq, at, level: 'warning', text })
  }

  /** The stream of events breaks; the next one may be opened at once. */
  drop(): void {
    this.#send(null)
  }

  #send(event: ViewEvent | null): void {
    for (const listener of [...this.#listeners]) listener(event)
  }
}
