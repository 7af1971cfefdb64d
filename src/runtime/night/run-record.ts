// The record of the run that is going on: the one on the branch, or a new one for a run that has just begun.

import { newRun, type Run } from '../../core/model/run.js'
import { type FrozenRun, withoutSecrets } from './run-file.js'

export function runRecord(
  frozen: FrozenRun,
  recorded: readonly Run[],
): { readonly run: Run; readonly isNew: boolean } {
  const found = recorded.find(run => run.id === frozen.id)
  if (found !== undefined) return { run: found, isNew: false }
  const { id, startedAt, startedBy, config } = frozen
  const seats = config.seats.map(seat => seat.name)
  return {
    run: newRun({
      id,
      startedAt,
      startedBy,
      target: { ...config.target },
      seats,
      config: withoutSecrets(frozen.file),
    }),
    isNew: true,
  }
}
