// What every route of one server needs: the engine it speaks for, the token, and the open event streams.

import type { Engine } from '../core/wire/engine.js'

export interface Serving {
  readonly engine: Engine
  /** What a command must bring along. */
  readonly token: string
  /** True when the server has begun to close: no new event streams then; short requests are still answered. */
  readonly isClosing: () => boolean
  /** One for each viewer that watches; aborting it ends the stream. */
  readonly streams: Set<AbortController>
  /** Told of errors that are no faults, which is to say of bugs; the viewer gets status 500 for them. */
  readonly onBug: (error: unknown) => void
}
