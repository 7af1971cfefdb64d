// A lane carries one piece of work at a time, in the order of arrival.

import { JetpackError } from '../../core/fault.js'

/** Most pieces of work that may wait in one lane; more means that something upstream has no limit. */
export const laneLimit = 10_000

export class Lane {
  #tail: Promise<unknown> = Promise.resolve()
  #length = 0

  /** Runs `work` after all that came before, whether that went well or not; gives its answer or throws its fault. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#length >= laneLimit) {
      throw new JetpackError('git_failed', `Cannot queue more git work: ${laneLimit} pieces already wait.`)
    }
    this.#length += 1
    const turn = this.#tail.then(work).finally(() => {
      this.#length -= 1
    })
    // The next in line waits for the end only; a failure is told to the one who asked, through `turn`.
    this.#tail = turn.then(
      () => undefined,
      () => undefined,
    )
    return await turn
  }
}
