// An engine for commands that only read: the orchestrator while it answers, the files from the moment it is gone.
// An orchestrator that ends between two questions is no error to whoever only wants to look.

import { JetpackError } from '../../core/fault.js'
import type { CommandReply, CommandRequest } from '../../core/messages/commands.js'
import type { TaskId } from '../../core/model/task.js'
import type { Engine } from '../../core/wire/engine.js'
import type {
  LogChunk,
  StatusView,
  TaskDetail,
  TaskPage,
  TaskQuery,
  ViewEvent,
} from '../../core/wire/views.js'

export class LiveOrFiles implements Engine {
  readonly #live: Engine
  readonly #openFiles: () => Promise<Engine>
  #files: Promise<Engine> | null = null

  constructor(live: Engine, openFiles: () => Promise<Engine>) {
    this.#live = live
    this.#openFiles = openFiles
  }

  status(signal: AbortSignal): Promise<StatusView> {
    return this.#ask(engine => engine.status(signal))
  }

  tasks(query: TaskQuery, signal: AbortSignal): Promise<TaskPage> {
    return this.#ask(engine => engine.tasks(query, signal))
  }

  task(id: TaskId, signal: AbortSignal): Promise<TaskDetail> {
    return this.#ask(engine => engine.task(id, signal))
  }

  log(id: TaskId, attempt: number | null, from: number, signal: AbortSignal): Promise<LogChunk> {
    return this.#ask(engine => engine.log(id, attempt, from, signal))
  }

  events(signal: AbortSignal): AsyncIterable<ViewEvent> {
    return this.#live.events(signal)
  }

  /** Only the orchestrator that was there is asked: whether a command was carried out must not be guessed. */
  command(request: CommandRequest, signal: AbortSignal): Promise<CommandReply> {
    return this.#live.command(request, signal)
  }

  async #ask<Answer>(question: (engine: Engine) => Promise<Answer>): Promise<Answer> {
    if (this.#files !== null) return question(await this.#files)
    try {
      return await question(this.#live)
    } catch (error) {
      const isGone =
        error instanceof JetpackError &&
        (error.code === 'not_running' || error.code === 'orchestrator_silent')
      if (!isGone) throw error
      this.#files = this.#openFiles()
      return question(await this.#files)
    }
  }
}
