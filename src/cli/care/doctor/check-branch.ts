// Invariant 2: while nobody writes, the tip of the task branch holds exactly the files. Blob ids are worked out
// here, so that git and our own writer are held against a third opinion.

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { refNames } from '../../../core/layout.js'
import { differsByHand } from '../../../core/model/hand-edit.js'
import { checkTask } from '../../../store/schema/check-task.js'
import { type Check, firstFew, ok, type Patient, red, warning } from './check.js'

const name = 'task branch'
/** What the branch and the folder both hold. The branch's own mark, which tells it from any other branch, is on it alone. */
const mirrored = /^\.beads\/(tasks|runs|mail)\//

export async function checkBranch(patient: Patient): Promise<Check> {
  const tip = await readTip(patient)
  if (tip === null)
    return red(
      name,
      'there is no branch jetpack-tasks',
      'The next `jetpack run` or `jetpack init` makes it anew from the files.',
    )
  if (patient.isBusy) return ok(name, 'not compared: somebody is writing right now')
  const local = new Map(patient.loading.files.map(file => [`.beads/tasks/${file.id}.json`, file.bytes]))
  const lost: string[] = []
  const edited: string[] = []
  for (const [path, oid] of tip) {
    const bytes = local.get(path) ?? (await readIfThere(`${patient.context.layout.home}/${path}`))
    local.delete(path)
    if (bytes === null) lost.push(`${path} is missing`)
    else if (blobId(bytes, patient.context.repository.objectFormat) !== oid) {
      if (await isHandEdit(patient, path, oid, bytes)) edited.push(`${path} was edited by hand`)
      else lost.push(`${path} is not what the branch holds`)
    }
  }
  for (const path of local.keys()) edited.push(`${path} is not on the branch yet`)
  const remedy = 'The next `jetpack run` or `jetpack validate-tasks --fix` settles it and keeps every byte.'
  if (lost.length > 0) return red(name, firstFew([...lost, ...edited]), remedy)
  if (edited.length > 0) return warning(name, firstFew(edited), remedy)
  return ok(name, `the tip holds exactly the ${tip.size} files`)
}

/** Paths and blob ids of the tip; null without a branch. */
async function readTip({ context, signal }: Patient): Promise<ReadonlyMap<string, string> | null> {
  const { stdout, exitCode } = await context.repository.git.run(
    ['ls-tree', '-r', '-z', refNames.taskBranch],
    {
      signal,
      purpose: 'read the task branch',
      answers: [0, 128],
    },
  )
  if (exitCode !== 0) return null
  const entries = stdout.split('\0').filter(line => line !== '')
  return new Map(
    entries.flatMap(line => {
      const [, oid, path] = /^\d+ blob ([0-9a-f]+)\t(.*)$/s.exec(line) ?? []
      return oid === undefined || path === undefined || !mirrored.test(path) ? [] : [[path, oid] as const]
    }),
  )
}

function blobId(bytes: Buffer, format: string): string {
  return createHash(format).update(`blob ${bytes.length}\0`).update(bytes).digest('hex')
}

async function isHandEdit(patient: Patient, path: string, oid: string, bytes: Buffer): Promise<boolean> {
  if (!path.startsWith('.beads/tasks/')) return false
  const { git } = patient.context.repository
  const { stdout } = await git.runBytes(['cat-file', 'blob', oid], {
    signal: patient.signal,
    purpose: `read ${path} of the task branch`,
  })
  const [known, found] = [checkTask(stdout, path, 0), checkTask(bytes, path, 0, 'edited')]
  return known.ok && found.ok && found.task.rev >= known.task.rev && differsByHand(known.task, found.task)
}

async function readIfThere(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}
