// Launches real agents under real reapers in a test's own folder and ends them when the test ends.

import { randomUUID } from 'node:crypto'
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { Test } from 'tap'
import { readAttemptState } from '../../src/exec/process/attempt-state.js'
import { endAttempt } from '../../src/exec/process/end-attempt.js'
import { type LaunchedAttempt, launchAttempt } from '../../src/exec/process/launch-attempt.js'
import { readStat } from '../../src/exec/process/triple.js'
import { PathWatch } from '../../src/exec/process/watch-path.js'

export interface AttemptRig {
  /** The test's folder, where agents run. */
  readonly cwd: string
  readonly folder: string
  readonly mark: string
  readonly signal: AbortSignal
  launch(
    argv: readonly string[],
    options?: { adoptSeconds?: number; prompt?: string },
  ): Promise<LaunchedAttempt>
  read(name: string): string
}

export const signal = AbortSignal.timeout(60_000)

export function attemptRig(t: Test): AttemptRig {
  const cwd = t.testdir({})
  const folder = `${cwd}/attempt`
  const mark = `test-${randomUUID()}`
  const held: LaunchedAttempt[] = []
  t.teardown(async () => {
    await endAttempt({ folder, mark, graceMs: 0, signal: AbortSignal.timeout(30_000) })
    for (const { control } of held) await control[Symbol.asyncDispose]()
  })
  return {
    cwd,
    folder,
    mark,
    signal,
    launch: async (argv, { adoptSeconds = 30, prompt = '' } = {}) => {
      const env = { PATH: '/usr/local/bin:/usr/bin:/bin' }
      const launched = await launchAttempt(
        { folder, cwd, argv, env, prompt, mark, epoch: 1, adoptSeconds },
        signal,
      )
      held.push(launched)
      return launched
    },
    read: name => readFileSync(`${folder}/${name}`, 'utf8'),
  }
}

/** Waits until something is so; the watch on the folder makes it quick. Fails after ten seconds. */
export async function until(folder: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000
  while (performance.now() < deadline) {
    using change = new PathWatch(folder)
    if (await isSo()) return
    await change.next(20, signal)
  }
  throw new Error('What the test waits for did not happen within ten seconds.')
}

/** Kinds of processes that `escapeAgent` makes, each of which has outlived some way of killing. */
export const escapeKinds = ['plain', 'deaf', 'group', 'session', 'daemon', 'scrubbed'] as const

/** Makes every kind, each noting its pid in `pids/`, then ends with `code`, or sleeps when that is null. */
export function escapeAgent(cwd: string, code: number | null): readonly string[] {
  const path = `${cwd}/escape.pl`
  writeFileSync(path, escapeScript)
  chmodSync(path, 0o755)
  return ['/usr/bin/perl', path, `${cwd}/pids`, code === null ? 'stay' : String(code)]
}

/** Pids that the agent's children have noted, once all of them have. */
export async function escapedPids(cwd: string): Promise<readonly number[]> {
  const folder = `${cwd}/pids`
  const noted = (): string[] =>
    existsSync(folder) ? readdirSync(folder).filter(name => !name.endsWith('.tmp')) : []
  await until(cwd, () => noted().length === escapeKinds.length)
  return noted().map(name => Number(readFileSync(`${folder}/${name}`, 'utf8')))
}

/** Those of the pids that still live. */
export async function living(pids: readonly number[]): Promise<readonly number[]> {
  const stats = await Promise.all(pids.map(readStat))
  return stats.flatMap(stat => (stat === null ? [] : [stat.pid]))
}

export async function stateOf(
  folder: string,
): Promise<NonNullable<Awaited<ReturnType<typeof readAttemptState>>>> {
  const state = await readAttemptState(folder)
  if (state === null) throw new Error(`No state in ${folder}`)
  return state
}

const escapeScript = `use POSIX ();
my ($dir, $end) = @ARGV;
mkdir $dir;
sub note {
  open(my $file, '>', "$dir/$_[0].tmp") or die;
  print $file $$;
  close $file;
  rename "$dir/$_[0].tmp", "$dir/$_[0]";
}
sub stay { note($_[0]); sleep 1 for 1 .. 120; exit 0 }
sub child { my ($kind, $then) = @_; return if fork; $then->(); stay($kind) }
child('plain', sub { });
child('deaf', sub { $SIG{TERM} = 'IGNORE' });
child('group', sub { setpgrp 0, 0 });
child('session', sub { POSIX::setsid() });
child('daemon', sub { POSIX::setsid(); exit 0 if fork });
child('scrubbed', sub { POSIX::setsid(); exit 0 if fork; note('scrubbed'); exec 'env', '-i', 'sleep', '120' });
for (1 .. 1000) { my @noted = grep { !/tmp/ } glob "$dir/*"; last if @noted == 6; select undef, undef, undef, 0.01 }
exit $end if $end ne 'stay';
sleep 1 for 1 .. 120;
`
