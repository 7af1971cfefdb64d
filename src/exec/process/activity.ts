// Growth of an attempt's output as the sign that it makes progress.

import { stat } from 'node:fs/promises'
import { attemptFiles } from './attempt-state.js'

/** Size and time of both output files as one text: any difference between two looks means that the agent wrote. */
export async function lastActivity(folder: string): Promise<string> {
  const looks = [attemptFiles.output, attemptFiles.errors].map(name => sizeAndTime(`${folder}/${name}`))
  return (await Promise.all(looks)).join(' ')
}

async function sizeAndTime(path: string): Promise<string> {
  try {
    const { size, mtimeMs } = await stat(path)
    return `${size}@${mtimeMs}`
  } catch (error) {
    // Not written yet.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '-'
    throw error
  }
}
