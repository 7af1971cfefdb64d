// Commits in the language of `git fast-import`. Marks are numbered from 1 in every burst, so that fast-import
// remembers one burst of them and not a whole night.

import { identity } from '../command/environment.js'

/** One change: a message, the files it writes (null removes one), and when it happened, in ms since 1970. */
export interface BranchCommit {
  readonly message: string
  readonly files: readonly { readonly path: string; readonly bytes: Buffer | null }[]
  readonly at: number
}

const harmlessPath = /^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/

/** The whole burst, ending with a checkpoint and the question for the id of every commit. `parent` null: go on from the last one. */
export function burstStream(ref: string, parent: string | null, commits: readonly BranchCommit[]): Buffer {
  const pieces: (string | Buffer)[] = []
  commits.forEach((commit, i) => {
    const message = Buffer.from(commit.message)
    const seconds = Math.max(0, Math.floor(commit.at / 1000))
    pieces.push(
      `commit ${ref}\nmark :${i + 1}\ncommitter ${identity.name} <${identity.email}> ${seconds} +0000\n`,
    )
    pieces.push(`data ${message.length}\n`, message, '\n')
    if (i === 0 && parent !== null) pieces.push(`from ${parent}\n`)
    for (const { path, bytes } of commit.files) {
      assertHarmless(path)
      if (bytes === null) pieces.push(`D ${path}\n`)
      else pieces.push(`M 100644 inline ${path}\ndata ${bytes.length}\n`, bytes, '\n')
    }
    pieces.push('\n')
  })
  pieces.push('checkpoint\n', ...commits.map((_, i) => `get-mark :${i + 1}\n`))
  return Buffer.concat(pieces.map(piece => (typeof piece === 'string' ? Buffer.from(piece) : piece)))
}

/** Paths are made of checked ids; anything else here is a bug that must not reach the branch. */
function assertHarmless(path: string): void {
  if (
    !harmlessPath.test(path) ||
    path.split('/').some(part => part === '.' || part === '..' || part === '.git')
  ) {
    throw new Error(`A path on the task branch must be plain: ${JSON.stringify(path)}`)
  }
}
