// What the machine must offer.

import { accessSync, constants } from 'node:fs'
import { statfs } from 'node:fs/promises'
import type { RepositoryContext } from '../../../runtime/repository-context.js'
import { type Check, ok, red, warning } from './check.js'

/** The oldest git that merges in memory. */
const oldestGit = [2, 38] as const
const enoughMb = 2048
const tooLittleMb = 256
const bytesPerMb = 1024 * 1024

export async function checkGit(context: RepositoryContext, signal: AbortSignal): Promise<Check> {
  const { stdout } = await context.repository.git.run(['version'], {
    signal,
    purpose: 'find out the version of git',
  })
  const [major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(stdout) ?? []).slice(1).map(Number)
  const isNew = major > oldestGit[0] || (major === oldestGit[0] && minor >= oldestGit[1])
  return isNew
    ? ok('git', stdout.trim())
    : red('git', `${stdout.trim()} cannot merge in memory`, `Install git ${oldestGit.join('.')} or newer.`)
}

/** The reaper needs perl, python3 or sh; locks need flock or perl. */
export function checkPrograms(path: string): Check {
  const found = ['perl', 'flock', 'python3'].filter(name => isOnPath(name, path))
  if (!found.includes('perl') && !found.includes('flock'))
    return red(
      'programs',
      'neither perl nor flock is on the PATH, so nothing can be locked',
      'Install perl (or util-linux for flock).',
    )
  return found.includes('perl')
    ? ok('programs', `found ${found.join(', ')}`)
    : warning(
        'programs',
        'perl is not on the PATH: without it agents cannot be ended with all their descendants',
        'Install perl.',
      )
}

function isOnPath(name: string, path: string): boolean {
  return path.split(':').some(folder => {
    try {
      accessSync(`${folder}/${name}`, constants.X_OK)
      return true
    } catch {
      // Not there, or not executable: the next folder.
      return false
    }
  })
}

export async function checkDisk({ layout }: RepositoryContext): Promise<Check> {
  const { bavail, bsize } = await statfs(layout.home)
  const freeMb = Math.floor((bavail * bsize) / bytesPerMb)
  const text = `${freeMb} MB free in ${layout.home}`
  if (freeMb < tooLittleMb) return red('disk', text, 'Free some space: nothing starts on a full disk.')
  return freeMb < enoughMb
    ? warning('disk', text, `Free some space: below ${enoughMb} MB a night may run out of it.`)
    : ok('disk', text)
}
