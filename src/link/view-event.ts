// Turns one event of the stream into what viewers work with, or says that it is none.

import type { ViewEvent } from '../core/wire/views.js'
import type { StreamedEvent } from './event-parser.js'
import { fieldOf, replyInvalid } from './link-fault.js'

const kinds: Readonly<Record<ViewEvent['kind'], true>> = { hello: true, changed: true, announced: true }

/** Null for a kind that we do not know: a newer orchestrator may say more. Fails with `reply_invalid` when it is broken. */
export function viewEventOf(streamed: StreamedEvent, what: string): ViewEvent | null {
  if (!Object.hasOwn(kinds, streamed.kind)) return null
  const event = parse(streamed.data, what)
  const numbered =
    Number.isSafeInteger(fieldOf(event, 'epoch')) && Number.isSafeInteger(fieldOf(event, 'seq'))
  if (fieldOf(event, 'kind') === streamed.kind && numbered) return event as ViewEvent
  throw replyInvalid(what, `holds a broken "${streamed.kind}" event`)
}

function parse(data: string, what: string): unknown {
  try {
    return JSON.parse(data)
  } catch (error) {
    throw replyInvalid(what, 'holds an event that is not JSON', error)
  }
}
