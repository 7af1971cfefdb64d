// What a person may ask of the run. It is saved in the run record like any change, so a restart keeps it.

import type { CommandReply, CommandRequest } from '../../messages/commands.js'
import type { Run } from '../../model/run.js'
import { isoTime } from '../../model/time.js'
import type { Turn } from '../turn.js'
import { done, refused } from './answer.js'

export function pauseRun(turn: Turn, request: CommandRequest): CommandReply {
  const run = livingRun(turn)
  if (run === null) return noRun(request, 'pause')
  if (run.desired.paused) return done(request, 'The run is paused already.')
  turn.saveRun(run, { desired: { ...run.desired, paused: true, by: request.by } }, 'paused', request.by)
  return done(request, 'Paused: nothing new starts; running attempts go on.')
}

export function resumeRun(turn: Turn, request: CommandRequest): CommandReply {
  const run = livingRun(turn)
  if (run === null) return noRun(request, 'resume')
  const tried = tryProvidersAgain(turn)
  if (!run.desired.paused)
    return done(
      request,
      tried.length === 0 ? 'The run is not paused.' : `${tried.join(', ')} will be tried again.`,
    )
  turn.saveRun(run, { desired: { ...run.desired, paused: false, by: request.by } }, 'resumed', request.by)
  return done(request, 'Resumed.')
}

export function stopRun(turn: Turn, request: CommandRequest, now: boolean): CommandReply {
  const run = livingRun(turn)
  if (run === null) return noRun(request, 'stop')
  const asked = run.desired.stop
  if (asked !== null && (asked.how === 'now' || !now)) return done(request, 'The run is stopping already.')
  const stop = { how: now ? 'now' : 'drain', at: isoTime(turn.at), end: asked?.end ?? 'stopped' } as const
  turn.saveRun(
    run,
    { desired: { ...run.desired, stop, by: request.by } },
    now ? 'stop --now asked' : 'stop asked',
    request.by,
  )
  return done(
    request,
    now
      ? 'Stopping: agents are asked to end now; their work is kept.'
      : 'Stopping: nothing new starts; running attempts are drained.',
  )
}

/** A provider that refused our key is off until a person acts; this is how. */
function tryProvidersAgain(turn: Turn): readonly string[] {
  const off = [...turn.board.providers].filter(([, pause]) => pause.until === null).map(([name]) => name)
  for (const provider of off) turn.change({ kind: 'providerRecovered', provider })
  return off
}

function livingRun(turn: Turn): Run | null {
  const { run } = turn.board
  return run === null || run.end !== null ? null : run
}

function noRun(request: CommandRequest, verb: string): CommandReply {
  return refused(request, `Cannot ${verb}: no run is going on.`, '`jetpack run` starts one.')
}
