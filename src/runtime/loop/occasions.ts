// The program's only source of time, dice and ids for events.

import { randomBytes } from 'node:crypto'
import type { Occasion } from '../../core/messages/events.js'

export function nextOccasion(): Occasion {
  return { at: Date.now(), dice: Math.random(), newId: randomBytes(12).toString('hex') }
}
