// The full screen in a real terminal: tmux runs `jetpack run`, types keys and reads the screen. One task fails and
// is retried by key, one is taken over by another seat, the viewer is left and the terminal is as it was.

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { eventually, execute, jetpack, program, repository } from './rig.js'

const hasTmux = (await execute('/', ['sh', '-c', 'command -v tmux'])).code === 0

/** B fails until the file `mended` is there; C waits for the file `go`. */
const agent = `#!/bin/sh
echo "agent of $JETPACK_TASK in $JETPACK_SEAT"
if [ "$JETPACK_TASK" = B ] && [ ! -e "$SIGNS/mended" ]; then echo "cannot do B yet" >&2; exit 1; fi
while [ "$JETPACK_TASK" = C ] && [ ! -e "$SIGNS/go" ]; do sleep 0.1; done
echo "$JETPACK_SEAT" > "$JETPACK_TASK.txt"
`

class Screen implements AsyncDisposable {
  readonly #folder: string
  readonly #socket: string

  private constructor(folder: string, socket: string) {
    this.#folder = folder
    this.#socket = socket
  }

  /** A tmux server of its own: it ends with the test and meets no other. */
  static async open(folder: string, width: number, height: number): Promise<Screen> {
    const screen = new Screen(folder, join(folder, '.git/tmux'))
    await screen.tmux('-f', '/dev/null', 'new-session', '-d', '-x', `${width}`, '-y', `${height}`, 'sh')
    return screen
  }

  async tmux(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await execute(this.#folder, ['tmux', '-S', this.#socket, ...args])
    if (code !== 0) throw new Error(`tmux ${args.join(' ')}: ${stderr}`)
    return stdout
  }

  async press(...keys: readonly string[]): Promise<void> {
    await this.tmux('send-keys', ...keys)
  }

  /** Waits until the screen shows it, and returns the screen. */
  shows(wanted: RegExp): Promise<string> {
    return eventually(`the screen shows ${wanted}`, async () => {
      const text = await this.tmux('capture-pane', '-p')
      return wanted.test(text) ? text : null
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.tmux('kill-server')
  }
}

t.test(
  'a person at a terminal retries one task and reassigns another by key, and leaves a clean terminal',
  { skip: !hasTmux && 'tmux is not installed' },
  async t => {
    const folder = await repository(t, { 'agent.sh': agent })
    const env = { SIGNS: join(folder, '.git') }
    const config = {
      agents: [
        { name: 'builder', executor: 'command', count: 1, command: ['./agent.sh'], env },
        { name: 'helper', executor: 'command', count: 1, command: ['./agent.sh'], env, types: ['chore'] },
      ],
      retry: { maxAttempts: 1 },
    }
    await writeFile(join(folder, 'jetpack.config.json'), JSON.stringify(config))
    for (const id of ['A', 'B']) await jetpack(folder, 'add', `Task ${id}`, '--id', id)
    await jetpack(
      folder,
      'add',
      'Task C',
      '--id',
      'C',
      '--type',
      'chore',
      '--agent',
      'builder-1',
      '--priority',
      'low',
    )

    await using screen = await Screen.open(folder, 100, 30)
    await screen.press(`'${process.execPath}' '${program}' run; echo "code $?"`, 'Enter')
    await screen.shows(/B +✗ fail/)
    await screen.shows(/C +● run.*builder-1/)

    // In order of attention the failed task comes first.
    await screen.press('j')
    await screen.shows(/▌ +B +✗ fail/)
    await writeFile(join(folder, '.git/mended'), '')
    await screen.press('r')
    await screen.shows(/B will be tried again/)

    // B waits for its seat, which works on C: so C is the first row now.
    await screen.shows(/C +● run[^\n]*\n[^\n]* B /)
    await pressUntil(screen, 'g', /▌ +C /)
    await screen.press('a')
    await screen.shows(/helper-1/)
    // A dialog ignores keys for a moment, so that nothing typed before it appeared acts in it.
    await pressUntil(screen, 'j', /> helper-1/)
    await screen.press('Enter')
    await screen.shows(/C goes to helper-1/)
    await writeFile(join(folder, '.git/go'), '')
    await screen.shows(/ENDED/)
    await screen.shows(/3\/3 100%/)

    await screen.press('q')
    await screen.shows(/code 0/)
    t.equal((await screen.tmux('display-message', '-p', '#{alternate_on} #{cursor_flag}')).trim(), '0 1')
    const task = JSON.parse(await readFile(join(folder, '.beads/tasks/C.json'), 'utf8'))
    t.equal(task.result.by, 'helper-1')
    const retried = JSON.parse(await readFile(join(folder, '.beads/tasks/B.json'), 'utf8'))
    t.match(retried, {
      status: 'completed',
      retriedAfter: 1,
      attempts: [{ outcome: 'task' }, { outcome: 'done' }],
    })
  },
)

async function pressUntil(screen: Screen, key: string, wanted: RegExp): Promise<void> {
  await eventually(`${key} leads to ${wanted}`, async () => {
    if (wanted.test(await screen.tmux('capture-pane', '-p'))) return true
    await screen.press(key)
    return null
  })
}
