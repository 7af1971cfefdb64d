// The files that a simulated agent writes: a module and its test. The module uses those of the tasks it depends on,
// so work that is landed in the wrong order fails its test.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { SimScript } from './sim.js'

const sharedFile = 'src/registry.js'
const sharedLine = /^export const latest = .*$/m
/** How far back an earlier state of the shared file is looked for. */
const historyLimit = 50

/** Writes into the current folder; returns the paths. */
export function writeWork(script: SimScript): readonly [string, string] {
  const extension = isModuleFolder() ? 'js' : 'mjs'
  const name = fileName(script.taskId)
  const [module, test] = [`src/${name}.${extension}`, `test/${name}.test.${extension}`] as const
  // A dependency that was completed by hand has left no module.
  const known = script.dependencies.filter(id => existsSync(`src/${fileName(id)}.${extension}`))
  mkdirSync('src', { recursive: true })
  mkdirSync('test', { recursive: true })
  writeFileSync(module, moduleText(script, known, extension))
  writeFileSync(test, testText(script, known, `../${module}`))
  return [module, test]
}

/**
 * A conflicting agent puts its task on the one shared line. The next attempt takes that back, so that its work
 * merges; a merge that was left open there is settled for the other side.
 */
export function writeSharedLine(script: SimScript): void {
  const text = existsSync(sharedFile) ? readFileSync(sharedFile, 'utf8') : null
  const own = lineFor(script)
  if (script.isConflicting) {
    const before = text ?? '// One line that every conflicting simulated agent replaces.\n'
    const after = sharedLine.test(before) ? before.replace(sharedLine, () => own) : `${before}${own}\n`
    writeFileSync(sharedFile, after)
  } else if (text?.includes('<<<<<<< ') === true) {
    writeFileSync(sharedFile, otherSide(text, own))
  } else if (text?.includes(own) === true && script.attempt > 1) {
    const earlier = sharedFileWithout(own)
    if (earlier === null) rmSync(sharedFile)
    else writeFileSync(sharedFile, earlier)
  }
}

/** Ids are safe as file names and unique ignoring case. */
function fileName(id: string): string {
  return id.toLowerCase()
}

function isModuleFolder(): boolean {
  if (!existsSync('package.json')) return false
  try {
    return (JSON.parse(readFileSync('package.json', 'utf8')) as { type?: unknown }).type === 'module'
  } catch {
    // Not JSON, as npm would find too; .mjs works in every folder.
    return false
  }
}

function moduleText(
  { taskId, title, behaviour }: SimScript,
  known: readonly string[],
  extension: string,
): string {
  const imports = known.map((id, i) => `import * as part${i} from './${fileName(id)}.${extension}'`)
  const parts = known.map((_, i) => `part${i}`).join(', ')
  return `// Written by jetpack's simulated agent: a simulation, no model was asked.
${imports.join('\n')}${imports.length > 0 ? '\n' : ''}
export const id = ${JSON.stringify(taskId)}
export const title = ${JSON.stringify(title)}
/** Modules of the tasks that this one depends on. */
export const parts = [${parts}]

/** Tasks on the longest chain that ends here. */
export function depth() {
  return ${behaviour === 'red' ? 0 : 1} + Math.max(0, ...parts.map(part => part.depth()))
}

export function describe() {
  const below = parts.map(part => part.id).join(', ')
  return below === '' ? \`\${id}: \${title}\` : \`\${id}: \${title} (after \${below})\`
}
`
}

function testText({ taskId }: SimScript, known: readonly string[], module: string): string {
  return `// Written by jetpack's simulated agent: a simulation, no model was asked.
import assert from 'node:assert/strict'
import * as work from '${module}'

assert.equal(work.id, ${JSON.stringify(taskId)})
assert.deepEqual(work.parts.map(part => part.id), ${JSON.stringify(known)})
assert.ok(work.describe().startsWith(${JSON.stringify(`${taskId}: `)}))
assert.ok(work.depth() > Math.max(0, ...work.parts.map(part => part.depth())), 'A task lies deeper than what it depends on.')
`
}

function lineFor({ taskId }: SimScript): string {
  return `export const latest = ${JSON.stringify(taskId)}`
}

function otherSide(text: string, own: string): string {
  const conflict = /^<<<<<<< [^\n]*\n([\s\S]*?)^=======\n([\s\S]*?)^>>>>>>> [^\n]*\n/gm
  return text.replace(conflict, (_, ours: string, theirs: string) => (theirs.includes(own) ? ours : theirs))
}

/** The shared file as the last commit without our line had it; null when there was none. */
function sharedFileWithout(own: string): string | null {
  const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8', timeout: 10_000 })
  const commits = git('log', `-${historyLimit}`, '--format=%H', '--', sharedFile).split('\n').filter(Boolean)
  for (const commit of commits) {
    const [line] = git('ls-tree', commit, '--', sharedFile).split('\n')
    const text = line ? git('show', `${commit}:${sharedFile}`) : null
    if (text === null || !text.includes(own)) return text
  }
  return null
}
