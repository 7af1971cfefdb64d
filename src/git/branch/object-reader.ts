// Reads objects and tips through one `git cat-file --batch-command` that stays open: a read costs no process.

import { JetpackError } from '../../core/fault.js'
import type { Git } from '../command/git-command.js'
import { LongLivedGit } from './long-lived-git.js'

/** How long one answer may take. */
const answerMs = 30_000
/** Most questions that may wait for an answer. */
const questionLimit = 10_000

/** `body` is null where only the header was asked for. */
interface Answer {
  readonly id: string
  readonly type: string
  readonly body: Buffer | null
}

interface Question {
  readonly wantsBody: boolean
  readonly resolve: (answer: Answer | null) => void
  readonly reject: (fault: JetpackError) => void
}

export class ObjectReader implements AsyncDisposable {
  readonly #git: Git
  #session: Session | null = null

  constructor(git: Git) {
    this.#git = git
  }

  /** The object id that `name` stands for now; null when there is none. */
  async find(name: string): Promise<string | null> {
    return (await this.#living().ask('info', name))?.id ?? null
  }

  /** The bytes of a blob; null when there is none of that name. */
  async read(name: string): Promise<Buffer | null> {
    const answer = await this.#living().ask('contents', name)
    return answer?.type === 'blob' ? answer.body : null
  }

  /** Lets go of pack files that were folded into others; the next question opens the new ones. */
  async refresh(): Promise<void> {
    const session = this.#session
    this.#session = null
    await session?.process.end()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.refresh()
  }

  #living(): Session {
    if (this.#session === null || this.#session.process.dead !== null) this.#session = new Session(this.#git)
    return this.#session
  }
}

/** One process and the questions that wait for it; they die with it. */
class Session {
  readonly process: LongLivedGit
  readonly #questions: Question[] = []
  #received: Buffer = Buffer.alloc(0)

  constructor(git: Git) {
    this.process = new LongLivedGit(
      git,
      'cat-file',
      ['cat-file', '--batch-command'],
      chunk => this.#receive(chunk),
      fault => {
        for (const question of this.#questions.splice(0)) question.reject(fault)
      },
    )
  }

  async ask(command: 'info' | 'contents', name: string): Promise<Answer | null> {
    if (/[\n\0]/.test(name)) throw new Error('A name of a git object cannot contain a line break.')
    if (this.#questions.length >= questionLimit) {
      throw new JetpackError(
        'git_failed',
        `Cannot read "${name}": ${questionLimit} questions to git already wait.`,
      )
    }
    const timer = setTimeout(() => this.process.kill(), answerMs)
    try {
      return await new Promise((resolve, reject) => {
        this.#questions.push({ wantsBody: command === 'contents', resolve, reject })
        this.process.write(`${command} ${name}\n`)
      })
    } finally {
      clearTimeout(timer)
    }
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
    for (let question = this.#questions[0]; question !== undefined; question = this.#questions[0]) {
      const end = this.#received.indexOf(10)
      if (end < 0) return
      const answer = this.#parse(this.#received.toString('utf8', 0, end), end + 1, question.wantsBody)
      if (answer === undefined) return
      this.#questions.shift()
      question.resolve(answer)
    }
  }

  /** Undefined while the body has not come whole; null for "missing". */
  #parse(header: string, start: number, wantsBody: boolean): Answer | null | undefined {
    const [, id, type, size] = /^([0-9a-f]+) (\w+) (\d+)$/.exec(header) ?? []
    if (id === undefined || type === undefined) {
      this.#received = this.#received.subarray(start)
      return null
    }
    const length = wantsBody ? Number(size) : 0
    const next = start + length + (wantsBody ? 1 : 0)
    if (this.#received.length < next) return undefined
    const body = wantsBody ? Buffer.from(this.#received.subarray(start, start + length)) : null
    this.#received = this.#received.subarray(next)
    return { id, type, body }
  }
}
