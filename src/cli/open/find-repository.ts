// Finds the repository by looking at files, so that a reading command starts no git. Whatever is unusual is
// answered with null: the git room then looks properly.

import { existsSync } from 'node:fs'
import { readFile, realpath, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { type Layout, layoutOf } from '../../core/layout.js'

/** Folders above `cwd` that are looked at. */
const maxDepth = 100

/** The layout of the repository around `cwd`, or null. */
export async function findRepository(cwd: string): Promise<Layout | null> {
  let folder = cwd
  for (let depth = 0; depth < maxDepth; depth += 1) {
    const commonDir = await commonDirAt(`${folder}/.git`)
    if (commonDir !== null)
      return layoutOf((await recordedHome(commonDir)) ?? (await realpath(folder)), commonDir)
    const above = dirname(folder)
    if (above === folder) return null
    folder = above
  }
  return null
}

async function commonDirAt(path: string): Promise<string | null> {
  try {
    const stats = await stat(path)
    if (stats.isDirectory()) return (await stat(`${path}/HEAD`)).isFile() ? await realpath(path) : null
    const [, target] = /^gitdir: (.+)$/m.exec(await readFile(path, 'utf8')) ?? []
    if (target === undefined) return null
    const gitDir = resolve(dirname(path), target)
    const common = (await readFile(`${gitDir}/commondir`, 'utf8')).trim()
    return await realpath(resolve(gitDir, common))
  } catch (error) {
    // Nothing there, or nothing we know: git decides. Anything else would fail for git in the same way.
    if (error instanceof Error && 'code' in error) return null
    throw error
  }
}

/** The checkout that owns `.beads`, where one is on record and still there. */
async function recordedHome(commonDir: string): Promise<string | null> {
  const { homeFile } = layoutOf('', commonDir)
  if (!existsSync(homeFile)) return null
  const home = (await readFile(homeFile, 'utf8')).trim()
  return home !== '' && existsSync(`${home}/.git`) ? home : null
}
