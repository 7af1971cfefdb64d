// The one loop. Events come in, `decide` answers at once on the board in memory, recorded changes are made
// durable in bursts, and only then are effects performed, replies sent and the published board brought up to
// date. A write that fails leaves its result unknown: the loop stops for good, and recovery reads files and
// branch again.

import { type Board, emptyBoard } from '../../core/board/board.js'
import { evolve } from '../../core/board/evolve.js'
import { type Decision, decide } from '../../core/decide/decide.js'
import { JetpackError } from '../../core/fault.js'
import { isRecorded, type RecordedChange } from '../../core/messages/changes.js'
import type { CommandReply, CommandRequest } from '../../core/messages/commands.js'
import type { Effect } from '../../core/messages/effects.js'
import type { Event, Occasion } from '../../core/messages/events.js'
import type { Config } from '../../core/model/config.js'
import type { Run } from '../../core/model/run.js'

/** An event as adapters post it; the loop adds time, dice and an unused id. */
export type Happening = Event extends infer Each
  ? Each extends Event
    ? Omit<Each, keyof Occasion>
    : never
  : never

/** Most recorded changes in one burst. */
export const burstLimit = 100

export interface LoopParts {
  readonly config: Config
  /** Time, dice and new ids: the only source of each. */
  readonly occasion: () => Occasion
  /** Makes changes durable, one commit each, in order; a rejection means that nobody knows how far it came. */
  readonly write: (changes: readonly RecordedChange[]) => Promise<void>
  /** Starts an effect; never awaited here, never throws. */
  readonly perform: (effect: Effect) => void
  /** Called after durable changes have reached the published board. */
  readonly published: (decisions: readonly Decision[]) => void
}

interface Asker {
  readonly resolve: (reply: CommandReply) => void
  readonly reject: (error: unknown) => void
}

export class Loop {
  /** What is durable: all that viewers may see. */
  readonly board: Board
  readonly #parts: LoopParts
  /** What is decided; ahead of the disk by the burst under way. */
  readonly #ahead: Board
  readonly #waiting: Decision[] = []
  /** Whoever waits for an answer, by request id: the same request may be asked twice at once. */
  readonly #askers = new Map<string, readonly Asker[]>()
  readonly #failed: Promise<never>
  #fail: (error: unknown) => void = () => undefined
  #state: 'idle' | 'busy' | 'stopped' = 'idle'
  #seq = 0

  constructor(parts: LoopParts) {
    this.#parts = parts
    this.#ahead = emptyBoard(parts.config)
    this.board = emptyBoard(parts.config)
    this.#failed = new Promise((_, reject) => {
      this.#fail = reject
    })
    // Nobody may be listening when it fails; whoever asks later still learns of it.
    this.#failed.catch(() => undefined)
  }

  /** Number of durable recorded changes since this loop began. */
  get seq(): number {
    return this.#seq
  }

  /** Rejects when a write has failed; never resolves. */
  get failed(): Promise<never> {
    return this.#failed
  }

  post(happening: Happening): void {
    if (this.#state === 'stopped') return
    const decision = decide(this.#ahead, { ...happening, ...this.#parts.occasion() } as Event)
    if (decision.changes.length === 0 && decision.effects.length === 0) return
    this.#waiting.push(decision)
    this.#flush()
  }

  /** Makes a new run record durable before anything is decided about it. */
  async record(run: Run): Promise<void> {
    const note = {
      subject: `run ${run.id}: started`,
      task: null,
      from: null,
      to: null,
      seat: null,
      attempt: null,
      run: run.id,
      reason: null,
      by: run.startedBy,
    }
    await this.#parts.write([{ kind: 'runSaved', run, note }])
  }

  /** Posts a command; resolves with the answer once what it changed is durable. */
  command(request: CommandRequest): Promise<CommandReply> {
    if (this.#state === 'stopped') return Promise.reject(stoppedFault())
    return new Promise((resolve, reject) => {
      const others = this.#askers.get(request.requestId) ?? []
      this.#askers.set(request.requestId, [...others, { resolve, reject }])
      this.post({ kind: 'commandReceived', request })
    })
  }

  /** Nothing is performed or written any more; what is under way ends by itself. */
  stop(): void {
    this.#state = 'stopped'
    for (const askers of this.#askers.values()) for (const asker of askers) asker.reject(stoppedFault())
    this.#askers.clear()
  }

  #flush(): void {
    while (this.#state === 'idle') {
      const burst = this.#nextBurst()
      if (burst.length === 0) return
      this.#state = 'busy'
      const recorded = burst.flatMap(decision => decision.changes.filter(isRecorded))
      if (recorded.length === 0) {
        this.#publish(burst)
      } else {
        this.#parts.write(recorded).then(
          () => {
            this.#seq += recorded.length
            this.#publish(burst)
            this.#flush()
          },
          (error: unknown) => this.#giveUp(error),
        )
      }
    }
  }

  #giveUp(error: unknown): void {
    this.stop()
    this.#fail(error)
  }

  /** Whole decisions up to the limit: changes of one decision stay together. */
  #nextBurst(): Decision[] {
    let recorded = 0
    let count = 0
    for (const decision of this.#waiting) {
      recorded += decision.changes.filter(isRecorded).length
      if (count > 0 && recorded > burstLimit) break
      count += 1
    }
    return this.#waiting.splice(0, count)
  }

  /** What an effect posts at once waits until all effects of this burst are started. */
  #publish(decisions: readonly Decision[]): void {
    if (this.#state === 'stopped') return
    for (const decision of decisions) for (const change of decision.changes) evolve(this.board, change)
    this.#parts.published(decisions)
    for (const decision of decisions) for (const effect of decision.effects) this.#perform(effect)
    this.#state = 'idle'
  }

  #perform(effect: Effect): void {
    if (effect.kind !== 'reply') return this.#parts.perform(effect)
    const askers = this.#askers.get(effect.reply.requestId) ?? []
    this.#askers.delete(effect.reply.requestId)
    for (const asker of askers) asker.resolve(effect.reply)
  }
}

function stoppedFault(): JetpackError {
  return new JetpackError(
    'not_running',
    'The orchestrator is ending and takes no more commands.',
    'Try again in a moment.',
  )
}
