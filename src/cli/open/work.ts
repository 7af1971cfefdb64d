// How a declaration hands over what a command does.

import type { Surroundings } from './surroundings.js'

/** Carries out a command; the number is the exit code. */
export type Work = (around: Surroundings) => Promise<number>

/** Takes the work of the command that was called. */
export type Choose = (work: Work) => void
