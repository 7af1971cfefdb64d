// Which paths living attempts mean to write, so that tasks that overlap do not run side by side. Two paths
// overlap when they are equal or one is a folder above the other.

export class LiveFiles {
  /** How many live attempts named exactly this path. */
  readonly #named = new Map<string, number>()
  /** How many live attempts named a path below this folder. */
  readonly #below = new Map<string, number>()

  add(files: readonly string[]): void {
    this.#count(files, 1)
  }

  remove(files: readonly string[]): void {
    this.#count(files, -1)
  }

  clear(): void {
    this.#named.clear()
    this.#below.clear()
  }

  overlaps(files: readonly string[]): boolean {
    return files
      .map(normalPath)
      .some(
        file => this.#below.has(file) || [file, ...foldersAbove(file)].some(path => this.#named.has(path)),
      )
  }

  #count(files: readonly string[], step: 1 | -1): void {
    for (const file of new Set(files.map(normalPath))) {
      bump(this.#named, file, step)
      for (const folder of foldersAbove(file)) bump(this.#below, folder, step)
    }
  }
}

function normalPath(path: string): string {
  return path
    .split('/')
    .filter(part => part !== '' && part !== '.')
    .join('/')
}

function foldersAbove(path: string): string[] {
  const parts = path.split('/')
  return parts.slice(0, -1).map((_, i) => parts.slice(0, i + 1).join('/'))
}

function bump(counts: Map<string, number>, key: string, step: number): void {
  const count = (counts.get(key) ?? 0) + step
  if (count === 0) counts.delete(key)
  else counts.set(key, count)
}
