// The environment of a gate: what the caller passes, with the project's own tools in front of PATH.

import { delimiter, dirname, join } from 'node:path'

/** `node_modules/.bin` of the folder and of every folder above it, nearest first, then the given PATH. */
export function gateEnvironment(
  base: Readonly<Record<string, string>>,
  cwd: string,
): Readonly<Record<string, string>> {
  const folders: string[] = []
  for (let folder = cwd; ; folder = dirname(folder)) {
    folders.push(join(folder, 'node_modules', '.bin'))
    if (folder === dirname(folder)) break
  }
  const path = base['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'
  return { ...base, PATH: [...folders, path].join(delimiter), CI: '1' }
}
