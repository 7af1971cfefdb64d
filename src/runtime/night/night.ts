// One orchestrator's life, from boot to the end of the run: puts loop, writer, host, runner and server together
// and takes them apart again.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Decision } from '../../core/decide/decide.js'
import { JetpackError } from '../../core/fault.js'
import type { Task } from '../../core/model/task.js'
import type { TaskBranch } from '../../git/branch/task-branch.js'
import { ensureLanding } from '../../git/landing/ensure-landing.js'
import { followTarget } from '../../git/landing/follow-target.js'
import { readLanding } from '../../git/landing/land.js'
import { serve } from '../../server/socket-server.js'
import { TaskFolder } from '../../store/task-folder.js'
import { gatherFacts } from '../boot/gather-facts.js'
import { loadBacklog } from '../boot/load-backlog.js'
import { readToken } from '../init-repository.js'
import { DurableWriter } from '../loop/durable-writer.js'
import { EngineHost } from '../loop/engine-host.js'
import { Journal } from '../loop/journal.js'
import { Loop } from '../loop/loop.js'
import { nextOccasion } from '../loop/occasions.js'
import { Wakeup } from '../loop/wakeup.js'
import type { RepositoryContext } from '../repository-context.js'
import { AttemptRunner } from '../work/attempt-runner.js'
import { type Performer, performer } from '../work/perform.js'
import type { WorkContext } from '../work/work-context.js'
import { ensureKeeper } from './ensure-keeper.js'
import type { FrozenRun } from './run-file.js'
import { runRecord } from './run-record.js'
import { upkeepNowAndThen } from './upkeep.js'

/** After its run has ended the orchestrator stays for viewers; it looks this often whether any is left. */
const lingerMs = 500

export interface NightParts {
  readonly branch: TaskBranch
  readonly socketPath: string
  readonly epoch: number
  readonly signal: AbortSignal
}

export class Night implements AsyncDisposable {
  readonly #context: RepositoryContext
  readonly #frozen: FrozenRun
  readonly #parts: NightParts
  readonly #journal: Journal
  readonly #folder: TaskFolder
  readonly #host: EngineHost
  readonly #loop: Loop
  readonly #runner: AttemptRunner
  readonly #performer: Performer
  readonly #work: WorkContext
  readonly #wakeup: Wakeup
  #endRun: () => void = () => undefined
  readonly #runEnded: Promise<void>
  #fail: (error: unknown) => void = () => undefined
  readonly #broken: Promise<never>

  constructor(context: RepositoryContext, frozen: FrozenRun, parts: NightParts) {
    const { layout } = context
    this.#context = context
    this.#frozen = frozen
    this.#parts = parts
    this.#journal = new Journal(layout)
    this.#folder = new TaskFolder(layout.tasks)
    this.#runEnded = new Promise(resolve => {
      this.#endRun = resolve
    })
    this.#broken = new Promise((_, reject) => {
      this.#fail = reject
    })
    this.#broken.catch(() => undefined)
    this.#work = this.#workContext()
    this.#runner = new AttemptRunner(this.#work)
    this.#wakeup = new Wakeup(
      () => this.#loop.post({ kind: 'woke' }),
      gapMs => this.#loop.post({ kind: 'clockJumped', gapMs }),
    )
    const writer = new DurableWriter({
      layout,
      branch: parts.branch,
      folder: this.#folder,
      notice: text => this.#announce('warning', text),
    })
    this.#performer = performer({
      context: this.#work,
      runner: this.#runner,
      wakeAt: at => this.#wakeup.set(at),
      onLanded: follow => this.#landed(follow),
      onRunEnded: () => this.#endRun(),
      onBug: error => this.#fail(error),
    })
    this.#loop = new Loop({
      config: frozen.config,
      occasion: nextOccasion,
      write: changes => writer.write(changes, parts.signal),
      perform: effect => this.#performer.perform(effect),
      published: (decisions: readonly Decision[]) => this.#host.published(decisions),
    })
    this.#host = new EngineHost({
      layout,
      live: true,
      board: () => this.#loop.board,
      seq: () => this.#loop.seq,
      command: request => this.#loop.command(request),
    })
  }

  /** Lasts as long as the run, and then as long as somebody watches. */
  async last(): Promise<number> {
    const { signal, epoch } = this.#parts
    this.#announce('info', `orchestrator ${process.pid} takes over, epoch ${epoch}`)
    await this.#boot()
    await using _server = await serve({
      engine: this.#host,
      socketPath: this.#parts.socketPath,
      token: await readToken(this.#context),
      signal,
      onBug: error => this.#fail(error),
    })
    await using _keeper = ensureKeeper(this.#context, signal, this.#faultOf('starting a keeper'))
    await using _upkeep = upkeepNowAndThen(
      this.#parts.branch,
      signal,
      this.#faultOf('upkeep of the task branch'),
    )
    const ended = await Promise.race([
      this.#runEnded.then(() => true),
      aborted(signal),
      this.#loop.failed,
      this.#broken,
    ])
    if (!ended) return 1
    await this.#performer.settled()
    await this.#lookAtTarget()
    await this.#parts.branch.upkeep(signal)
    while (this.#host.viewers > 0 && !signal.aborted) await pause(lingerMs, signal)
    return 0
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#loop.stop()
    this.#wakeup[Symbol.dispose]()
    this.#host[Symbol.dispose]()
    await this.#runner[Symbol.asyncDispose]()
    await this.#journal.flush()
  }

  async #boot(): Promise<void> {
    const { branch, signal, epoch } = this.#parts
    const { layout, repository } = this.#context
    const { target } = this.#frozen.config
    const backlog = await loadBacklog({ layout, branch, folder: this.#folder, at: Date.now(), signal })
    for (const notice of backlog.notices) this.#announce('warning', notice)
    const landing = await ensureLanding({ repository, target: target.branch, from: target.from, signal })
    this.#host.landing = {
      tip: landing.tip,
      follow: await followTarget({ repository, target: target.branch, signal }),
    }
    const { run, isNew } = runRecord(this.#frozen, backlog.runs)
    const attempts = await gatherFacts(this.#work, backlog.tasks)
    if (isNew) await this.#loop.record(run)
    this.#loop.post({ kind: 'booted', epoch, run, tasks: backlog.tasks, attempts })
    for (const task of backlog.edited) this.#loop.post({ kind: 'taskEdited', task, asked: null })
  }

  #workContext(): WorkContext {
    const { repository, layout, packageRoot } = this.#context
    const task = (id: string): Task | undefined => this.#loop.board.tasks.get(id)
    return {
      git: repository,
      layout,
      config: this.#frozen.config,
      runId: this.#frozen.id,
      packageRoot,
      socketPath: this.#parts.socketPath,
      baseEnv: this.#context.agentEnv,
      signal: this.#parts.signal,
      now: () => Date.now(),
      task,
      post: happening => this.#loop.post(happening),
      tip: () => this.#tip(),
      announce: (level, text) => this.#announce(level, text),
      dependenciesOf: given =>
        [...given.dependencies, ...given.blockers].flatMap(id => {
          const found = task(id)
          return found === undefined
            ? []
            : [{ id, title: found.title, summary: found.result?.summary ?? null }]
        }),
    }
  }

  async #tip(): Promise<string> {
    const { repository } = this.#context
    const { target } = this.#frozen.config
    const tip = await readLanding({ repository, target: target.branch, signal: this.#parts.signal })
    if (tip === null)
      throw new JetpackError(
        'git_failed',
        `Cannot read the landing ref of ${target.branch}: it is gone.`,
        'A restart makes it again from the target branch.',
      )
    return tip
  }

  /** The last landing's follow may have met a busy moment; in the morning the branch must be there. */
  async #lookAtTarget(): Promise<void> {
    const { repository } = this.#context
    const { branch } = this.#frozen.config.target
    const follow = await followTarget({ repository, target: branch, signal: this.#parts.signal })
    this.#host.landing = { tip: await this.#tip(), follow }
    if (follow.why !== null)
      this.#announce('warning', `${branch} is ${follow.behind} commits behind what has landed: ${follow.why}`)
  }

  #landed(follow: { readonly behind: number; readonly why: string | null }): void {
    this.#tip().then(
      tip => {
        this.#host.landing = { tip, follow }
      },
      (error: unknown) => this.#announce('warning', `cannot read the landing ref: ${String(error)}`),
    )
  }

  /** Tells of a fault that the night goes on with. */
  #faultOf(what: string): (error: unknown) => void {
    return error =>
      this.#announce('warning', `${what}: ${error instanceof Error ? error.message : String(error)}`)
  }

  #announce(level: 'info' | 'warning', text: string): void {
    this.#journal.write({ level, text }, error => this.#fail(error))
    this.#host.announce(level, text)
  }
}

function aborted(signal: AbortSignal): Promise<false> {
  return new Promise(resolve => {
    if (signal.aborted) resolve(false)
    signal.addEventListener('abort', () => resolve(false), { once: true })
  })
}

/** Waits; ends early without complaint when the signal comes. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return sleep(ms, undefined, { signal }).catch(() => undefined)
}
