// What a killed fast-import leaves in the git folder: packs marked `.keep` that no upkeep would ever fold,
// temporary packs, crash reports. Only what is ours, or a day old, is removed; objects themselves never.

import { readdir, readFile, stat, unlink } from 'node:fs/promises'
import { hasCode } from '../command/system-error.js'
import type { Repository } from '../repository.js'

const dayMs = 86_400_000
/** Files are stamped with a coarser clock than the one we read. */
const clockGrainMs = 1_000
/** How many of the newest commits are looked for in kept packs; upkeep comes long before so many bursts. */
const commitsLookedFor = 10_000

export interface SweepInput {
  readonly repository: Repository
  readonly ref: string
  /** Where `ref` is; null while it does not exist. */
  readonly tip: string | null
  /** When the fast-import that has just died was started, in ms since 1970; null when that is not known. */
  readonly since: number | null
  readonly signal: AbortSignal
}

/** Call it while no fast-import of ours runs. */
export async function sweepLeftovers(given: SweepInput): Promise<void> {
  const { repository, ref } = given
  const packs = `${repository.commonDir}/objects/pack`
  const names = await readdir(packs)
  await releasePacks(
    given,
    names.filter(name => name.endsWith('.keep')).map(name => `${packs}/${name}`),
  )
  for (const name of names.filter(name => /^tmp_(pack|idx)_/.test(name))) {
    if ((await ageOf(`${packs}/${name}`)) > dayMs) await remove(`${packs}/${name}`)
  }
  for (const name of await readdir(repository.commonDir)) {
    if (!name.startsWith('fast_import_crash_')) continue
    const file = `${repository.commonDir}/${name}`
    if ((await readOrEmpty(file)).includes(ref)) await remove(file)
  }
}

/**
 * Takes the `.keep` marks off packs that fast-import made for us: those that hold a commit of our branch, and those
 * younger than `since`. A mark left behind would also stop the same burst from being written again.
 */
async function releasePacks(given: SweepInput, keepFiles: readonly string[]): Promise<void> {
  let ours: Buffer[] | null = null
  for (const file of keepFiles) {
    if ((await readOrEmpty(file)).toString().trim() !== 'fast-import') continue
    const age = await ageOf(file)
    const isYoung = given.since !== null && age <= Date.now() - given.since + clockGrainMs
    if (!isYoung && age <= dayMs) {
      ours ??= await newestCommits(given)
      // An index lists raw object ids, so a plain search finds a commit without knowing the rest of the format.
      const index = await readOrEmpty(file.replace(/\.keep$/, '.idx'))
      if (!ours.some(id => index.includes(id))) continue
    }
    await remove(file)
  }
}

async function newestCommits({ repository, tip, signal }: SweepInput): Promise<Buffer[]> {
  if (tip === null) return []
  const { stdout } = await repository.git.run(['rev-list', `--max-count=${commitsLookedFor}`, tip], {
    signal,
    purpose: 'list the newest commits of the task branch',
  })
  return stdout
    .split('\n')
    .filter(line => line !== '')
    .map(line => Buffer.from(line, 'hex'))
}

// A dying fast-import may take its own files away at the same moment, so absent files are no surprise here.

async function ageOf(file: string): Promise<number> {
  try {
    return Date.now() - (await stat(file)).mtimeMs
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return 0
    throw error
  }
}

async function readOrEmpty(file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return Buffer.alloc(0)
    throw error
  }
}

async function remove(file: string): Promise<void> {
  try {
    await unlink(file)
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error
  }
}
