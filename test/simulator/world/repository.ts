// A model of the code side: the landing ref as a chain of commits, work branches, merges in memory. Two pieces of
// work conflict when both touch a file and neither has seen the other.

export interface Work {
  readonly commit: string
  readonly task: string
  readonly n: number
  readonly files: readonly string[]
  /** Its test would be red. */
  readonly bad: boolean
  /** The landing tip that it has seen. */
  readonly base: string
}

interface Landing {
  readonly commit: string
  readonly parent: string | null
  readonly work: Work | null
  readonly files: readonly string[]
}

export type Merge =
  | { readonly kind: 'merged'; readonly mergeCommit: string; readonly tree: string; readonly tip: string }
  | { readonly kind: 'conflict'; readonly files: readonly string[] }

export class Repository {
  tip = 'c0'
  readonly works = new Map<string, Work>()
  readonly #objects = new Map<string, Landing>([
    ['c0', { commit: 'c0', parent: null, work: null, files: [] }],
  ])
  /** Commits that the landing ref contains, with their place in the chain. */
  #chain = new Map<string, number>([['c0', 0]])
  #list: Landing[] = [...this.#objects.values()]
  readonly #byPersons: string[] = []
  #made = 0

  contains(commit: string): boolean {
    return this.#chain.has(commit)
  }

  treeOf(commit: string): string {
    return `tree-of-${commit}`
  }

  /** How often work of this task is in the landing ref. */
  landingsOf(task: string): number {
    return this.#list.filter(each => each.work?.task === task).length
  }

  /** Leaves work on the branch of a task; what was there stays in it. */
  leaveWork(work: Omit<Work, 'commit'>): Work {
    this.#made += 1
    const commit = `w${this.#made}-${work.task}-${work.n}`
    this.works.set(commit, { ...work, commit })
    return { ...work, commit }
  }

  /** Merged with the tip; work that is landed already merges to the tip itself. */
  merge(commit: string): Merge {
    const work = this.works.get(commit)
    if (work === undefined) throw new Error(`no commit ${commit} to merge`)
    if (this.#list.some(each => each.work?.commit === commit))
      return { kind: 'merged', mergeCommit: this.tip, tree: this.treeOf(this.tip), tip: this.tip }
    const seen = this.#chain.get(work.base)
    if (seen === undefined)
      throw new Error(`${work.task} began at ${work.base}, which the landing ref does not contain`)
    const clashes = this.#list
      .slice(seen + 1)
      .flatMap(each => each.files.filter(file => work.files.includes(file)))
    if (clashes.length > 0) return { kind: 'conflict', files: clashes }
    const mergeCommit = this.#add(work, work.files, this.tip)
    return { kind: 'merged', mergeCommit, tree: this.treeOf(mergeCommit), tip: this.tip }
  }

  /** Compare and swap. `blindly` forgets to compare: a deliberate bug. */
  land(mergeCommit: string, expectedTip: string, blindly: boolean): boolean {
    if (this.tip !== expectedTip && !blindly) return false
    if (mergeCommit !== expectedTip) this.#moveTo(mergeCommit)
    return true
  }

  /** A person's commit, merged into landing. */
  commitByPerson(files: readonly string[]): void {
    this.#moveTo(this.#add(null, files, this.tip))
    this.#byPersons.push(this.tip)
  }

  /** Commits of persons that the landing ref has lost. */
  lost(): readonly string[] {
    return this.#byPersons.filter(commit => !this.contains(commit))
  }

  #add(work: Work | null, files: readonly string[], parent: string): string {
    this.#made += 1
    const commit = `m${this.#made}`
    this.#objects.set(commit, { commit, parent, work, files })
    return commit
  }

  #moveTo(commit: string): void {
    const landing = this.#objects.get(commit)
    if (landing === undefined) throw new Error(`no commit ${commit} to land`)
    const isNext = landing.parent === this.tip
    this.tip = commit
    if (isNext) this.#list.push(landing)
    else this.#list = this.#walk(commit)
    if (isNext) this.#chain.set(commit, this.#list.length - 1)
    else this.#chain = new Map(this.#list.map((each, i) => [each.commit, i]))
  }

  #walk(commit: string): Landing[] {
    const list: Landing[] = []
    for (
      let at = this.#objects.get(commit);
      at !== undefined;
      at = at.parent === null ? undefined : this.#objects.get(at.parent)
    )
      list.push(at)
    return list.reverse()
  }
}
