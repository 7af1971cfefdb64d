// Git's own opinion of everything that our refs reach.

import { fsck } from '../../../git/history/history.js'
import { type Check, firstFew, ok, type Patient, red } from './check.js'

export async function checkObjects({ context, signal }: Patient): Promise<Check> {
  const problems = await fsck(context.repository, signal)
  if (problems.length === 0) return ok('git objects', 'git fsck finds nothing')
  return red(
    'git objects',
    `git fsck: ${firstFew(problems)}`,
    'Keep a copy of the repository, then look with: git fsck --full',
  )
}
