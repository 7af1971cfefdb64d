// Everything outside the orchestrator, and how bad the night is.

import type { Config } from '../../../src/core/model/config.js'
import type { Disk } from './disk.js'
import type { Machine } from './machine.js'
import type { Random } from './random.js'
import type { Repository } from './repository.js'
import type { VirtualClock } from './virtual-clock.js'

/** Deliberate bugs, to prove that the simulator sees them. */
export interface Sabotage {
  /** Effects are performed when decided, before their changes are durable. */
  readonly actBeforeDurable?: boolean
  /** Files are written before the branch has the commit. */
  readonly filesFirst?: boolean
  /** The landing ref is moved without comparing. */
  readonly landBlindly?: boolean
  /** Boot leaves living agents alone and says that they are gone. */
  readonly forgetTheLiving?: boolean
}

export interface World {
  readonly clock: VirtualClock
  readonly random: Random
  readonly config: Config
  readonly disk: Disk
  readonly machine: Machine
  readonly repository: Repository
  readonly sabotage: Sabotage
  /** Boots of this night adopt living agents instead of ending them. */
  readonly adopts: boolean
  /** A gate that is red on the tip when the night begins. */
  readonly redOnTip: boolean
  /** True while things go wrong; later the night is calm and must come to an end. */
  faulty(): boolean
  log(text: string): void
}
