// Guesses which name a person meant.

/** The name that `given` most probably stands for, or null when none is near. Case does not count. */
export function nearestName(given: string, names: readonly string[]): string | null {
  const wanted = given.toLowerCase()
  const allowed = Math.max(1, Math.floor(given.length / 3))
  let best: { name: string; steps: number } | null = null
  for (const name of names) {
    if (Math.abs(name.length - given.length) > allowed) continue
    const steps = editSteps(wanted, name.toLowerCase())
    if (steps <= allowed && (best === null || steps < best.steps)) best = { name, steps }
  }
  return best?.name ?? null
}

/** Levenshtein distance. */
function editSteps(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i)
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= to.length; j += 1) {
      const kept = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1)
      next.push(Math.min(kept, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}
