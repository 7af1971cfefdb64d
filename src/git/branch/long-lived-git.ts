// A git that stays: started once, fed on stdin, answering on stdout. Its death is told to whoever waits for an
// answer, and shows in `dead` to whoever comes later.

import { execa } from 'execa'
import { JetpackError } from '../../core/fault.js'
import { gitEnvironment } from '../command/environment.js'
import { firstLine, type Git } from '../command/git-command.js'

/** How much of stderr is kept, for the fault's message. */
const stderrTail = 4_096
/** How long a git that was told to end may take before it is killed. */
const endMs = 10_000

function start(git: Git, args: readonly string[]) {
  return execa('git', [...git.globalArguments, ...args], {
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
    buffer: false,
    reject: false,
    encoding: 'buffer',
    cwd: git.place.cwd,
    env: gitEnvironment as Record<string, string>,
  })
}

export class LongLivedGit implements AsyncDisposable {
  readonly #child: ReturnType<typeof start>
  readonly #ended: Promise<void>
  #stderr = ''
  #dead: JetpackError | null = null

  /** `name` is what the command is called in faults. `receive` gets every piece of output; `onDeath` is called once, whatever the reason. */
  constructor(
    git: Git,
    name: string,
    args: readonly string[],
    receive: (chunk: Buffer) => void,
    onDeath: (fault: JetpackError) => void,
  ) {
    this.#child = start(git, args)
    this.#child.stdout.on('data', receive)
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString('utf8')).slice(-stderrTail)
    })
    // A write into a dead git fails here; the death itself is told below, with the better reason.
    this.#child.stdin.on('error', () => undefined)
    this.#ended = this.#child.then(result => {
      const how = result.signal
        ? `was ended by ${result.signal}`
        : `ended with exit code ${result.exitCode ?? '?'}`
      this.#dead = new JetpackError(
        result.code === 'ENOENT' ? 'git_missing' : 'git_failed',
        `git ${name} ${how}: ${firstLine(this.#stderr)}`,
        null,
        result,
      )
      onDeath(this.#dead)
    })
  }

  /** Why it has ended; null while it lives. */
  get dead(): JetpackError | null {
    return this.#dead
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** What it said on stderr last. */
  get complaint(): string {
    return firstLine(this.#stderr)
  }

  write(bytes: string | Uint8Array): void {
    this.#child.stdin.write(bytes)
  }

  /** Ends it without letting it finish; `onDeath` tells when it is gone. */
  kill(): void {
    this.#child.kill('SIGKILL')
  }

  /** Resolves when it is gone. */
  get ended(): Promise<void> {
    return this.#ended
  }

  /** Sends `last`, closes stdin and waits until it is gone; kills it after ten seconds. */
  async end(last = ''): Promise<void> {
    if (this.#dead === null) {
      this.#child.stdin.end(last)
      const timer = setTimeout(() => this.#child.kill('SIGKILL'), endMs)
      await this.#ended
      clearTimeout(timer)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end()
  }
}
