// `orchestrator.json` in the git folder: who orchestrates, and its epoch. Epochs only grow; each boot takes the
// next one.

import type { Layout } from '../../core/layout.js'
import { isAlive, ownTriple, type Triple } from '../../exec/process/triple.js'
import { readStateFile, writeStateFile } from '../../store/state-files.js'

export interface OrchestratorFile {
  readonly epoch: number
  readonly process: Triple
  readonly socket: string
}

export async function readOrchestratorFile(layout: Layout): Promise<OrchestratorFile | null> {
  return readStateFile(layout.orchestrator, value => value as OrchestratorFile)
}

/** Takes the next epoch for this process. */
export async function takeEpoch(layout: Layout, socket: string): Promise<number> {
  const before = await readOrchestratorFile(layout)
  const epoch = (before?.epoch ?? 0) + 1
  const file: OrchestratorFile = { epoch, process: await ownTriple(), socket }
  await writeStateFile(layout.orchestrator, file)
  return epoch
}

/** The living orchestrator, or null. */
export async function livingOrchestrator(layout: Layout): Promise<OrchestratorFile | null> {
  const file = await readOrchestratorFile(layout)
  return file !== null && (await isAlive(file.process)) ? file : null
}
