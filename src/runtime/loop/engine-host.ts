// The `Engine` in process: answers from the published board, so it never shows what is not durable. Serves the
// socket and whoever runs the engine in their own process.

import type { Board } from '../../core/board/board.js'
import type { Decision } from '../../core/decide/decide.js'
import { JetpackError } from '../../core/fault.js'
import { attemptFolder, type Layout } from '../../core/layout.js'
import type { CommandReply, CommandRequest } from '../../core/messages/commands.js'
import { openAttempt, type TaskId } from '../../core/model/task.js'
import { statusView } from '../../core/views/status-view.js'
import { taskDetail, taskPage, taskRow } from '../../core/views/task-rows.js'
import { type Engine, logChunkBytes } from '../../core/wire/engine.js'
import type {
  LogChunk,
  StatusView,
  TaskDetail,
  TaskPage,
  TaskQuery,
  ViewEvent,
} from '../../core/wire/views.js'
import { readLogChunk } from '../../exec/process/tail.js'
import { Subscribers } from './subscribers.js'

/** Changes are told to viewers at most this often; what happens in between is told together. */
export const publishEveryMs = 100

export interface HostParts {
  readonly layout: Layout
  readonly live: boolean
  readonly board: () => Board
  readonly seq: () => number
  readonly command: (request: CommandRequest) => Promise<CommandReply>
}

export class EngineHost implements Engine, Disposable {
  /** What the last landing or look at the target branch told. */
  landing: { tip: string | null; follow: { behind: number; why: string | null } | null } = {
    tip: null,
    follow: null,
  }
  readonly #parts: HostParts
  readonly #subscribers = new Subscribers()
  readonly #changed = new Set<TaskId>()
  #timer: NodeJS.Timeout | null = null

  constructor(parts: HostParts) {
    this.#parts = parts
  }

  get viewers(): number {
    return this.#subscribers.count
  }

  async status(): Promise<StatusView> {
    return this.#status()
  }

  async tasks(query: TaskQuery): Promise<TaskPage> {
    return taskPage(this.#parts.board(), query)
  }

  async task(id: TaskId): Promise<TaskDetail> {
    const detail = taskDetail(this.#parts.board(), id)
    if (detail === null) throw unknownTask(id)
    return detail
  }

  async log(id: TaskId, attempt: number | null, from: number): Promise<LogChunk> {
    const task = this.#parts.board().tasks.get(id)
    if (task === undefined) throw unknownTask(id)
    const found = attempt === null ? task.attempts.at(-1) : task.attempts.find(each => each.n === attempt)
    if (found === undefined) {
      const which = attempt === null ? 'no attempt yet' : `no attempt ${attempt}`
      throw new JetpackError(
        'task_unknown',
        `Cannot show the log of ${id}: it has ${which}.`,
        `\`jetpack show ${id}\` lists its attempts.`,
      )
    }
    const path = `${attemptFolder(this.#parts.layout, id, found.n)}/out.jsonl`
    const chunk = await readLogChunk(path, from, logChunkBytes)
    const open = openAttempt(task)?.n === found.n && found.phase === 'agent'
    return { schema: 'jetpack.log/1', task: id, attempt: found.n, ...chunk, open }
  }

  events(signal: AbortSignal): AsyncIterable<ViewEvent> {
    const hello: ViewEvent = { kind: 'hello', epoch: this.#parts.board().epoch, seq: this.#parts.seq() }
    return this.#subscribers.subscribe(hello, signal)
  }

  command(request: CommandRequest): Promise<CommandReply> {
    return this.#parts.command(request)
  }

  /** Remembers what changed and tells viewers soon. */
  published(decisions: readonly Decision[]): void {
    for (const decision of decisions) {
      for (const change of decision.changes) {
        if (change.kind === 'taskSaved') this.#changed.add(change.task.id)
        else if (change.kind === 'tasksSaved') for (const task of change.tasks) this.#changed.add(task.id)
      }
    }
    if (this.#subscribers.count === 0) this.#changed.clear()
    else this.#timer ??= setTimeout(() => this.#tell(), publishEveryMs)
  }

  announce(level: 'info' | 'warning', text: string): void {
    const at = new Date().toISOString()
    this.#subscribers.send({
      kind: 'announced',
      epoch: this.#parts.board().epoch,
      seq: this.#parts.seq(),
      at,
      level,
      text,
    })
  }

  [Symbol.dispose](): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#tell()
    this.#subscribers.end()
  }

  #tell(): void {
    this.#timer = null
    const board = this.#parts.board()
    const rows = [...this.#changed].flatMap(id => {
      const task = board.tasks.get(id)
      return task === undefined ? [] : [taskRow(board, task)]
    })
    this.#changed.clear()
    this.#subscribers.send({
      kind: 'changed',
      epoch: board.epoch,
      seq: this.#parts.seq(),
      rows,
      status: this.#status(),
    })
  }

  #status(): StatusView {
    const { layout, live } = this.#parts
    return statusView(this.#parts.board(), {
      at: Date.now(),
      live,
      repository: layout.home,
      seq: this.#parts.seq(),
      landingTip: this.landing.tip,
      follow: this.landing.follow,
    })
  }
}

function unknownTask(id: TaskId): JetpackError {
  return new JetpackError('task_unknown', `There is no task "${id}".`, '`jetpack list` shows the ids.')
}
