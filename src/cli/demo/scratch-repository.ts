// The repository of a demo: one commit with a test runner and the demo's configuration. It is made with our own
// identity, so the person's git configuration is neither needed nor changed.

import { copyFile, mkdir, mkdtemp, readdir, realpath, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { JetpackError } from '../../core/fault.js'
import { Git } from '../../git/command/git-command.js'
import type { Surroundings } from '../open/surroundings.js'

/** Makes it in `dir`, which must be empty or not there yet, else in a temporary folder; returns its path. */
export async function makeScratchRepository(around: Surroundings, dir: string | null): Promise<string> {
  const folder = await emptyFolder(around, dir)
  await mkdir(`${folder}/src`)
  await mkdir(`${folder}/test`)
  await writeFile(
    `${folder}/package.json`,
    `${JSON.stringify({ name: 'loan-system', private: true, type: 'module', scripts: { test: 'node test/all.js' } }, null, 2)}\n`,
  )
  await writeFile(`${folder}/README.md`, readme)
  await writeFile(`${folder}/src/registry.js`, registry)
  await writeFile(`${folder}/test/all.js`, allTests)
  await copyFile(
    `${around.packageRoot}/examples/loan-system/demo.config.json`,
    `${folder}/jetpack.config.json`,
  )
  const git = new Git({ cwd: folder, gitDir: null, workTree: null })
  const options = { signal: around.signal, purpose: 'make the scratch repository' }
  await git.run(['init', '--quiet', '--initial-branch=main', '--template='], options)
  await git.run(['add', '--all'], options)
  await git.run(['commit', '--quiet', '--no-verify', '-m', 'An empty loan system'], options)
  return folder
}

async function emptyFolder(around: Surroundings, dir: string | null): Promise<string> {
  if (dir === null) return realpath(await mkdtemp(join(tmpdir(), 'jetpack-demo-')))
  const folder = resolve(around.cwd, dir)
  await mkdir(folder, { recursive: true })
  if ((await readdir(folder)).length === 0) return realpath(folder)
  throw new JetpackError(
    'usage',
    `Cannot make the demo in "${folder}": the folder is not empty.`,
    'Name another --dir. To go on with an earlier demo: cd there and `jetpack run`.',
  )
}

const readme = `# A loan system, as simulated agents write it

Made by \`jetpack demo\`. No model has written any of this: each module is a placeholder with a test that really runs.
`

const registry = `// One line that every conflicting simulated agent replaces.
export const latest = null
`

const allTests = `// Runs every test of this folder in one process: each is a module that throws when something is wrong.
import { readdir } from 'node:fs/promises'

const folder = new URL('./', import.meta.url)
const names = (await readdir(folder)).filter(name => name.endsWith('.test.js')).sort()
for (const name of names) {
  try {
    await import(new URL(name, folder).href)
  } catch (error) {
    console.error(\`\${name} failed: \${error.stack ?? error}\`)
    process.exit(1)
  }
}
console.log(\`\${names.length} tests passed\`)
`
