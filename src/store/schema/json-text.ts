// Finds places in a JSON text: where it stops being JSON, on which line a field stands, which number JavaScript
// would change. Runs only when something is wrong; ordinary files are read by JSON.parse alone.

export type JsonPath = readonly (string | number)[]

export interface JsonPlace {
  /** Counted from 1. */
  readonly line: number
  readonly what: string
}

/** Deeper nesting is refused: writing such a value back would overflow the stack. */
export const maxJsonDepth = 100

/** Where and why `text` is no JSON; null when it is. */
export function jsonSyntaxFlaw(text: string): JsonPlace | null {
  const flaw = new Scanner(text, () => undefined).scan()
  return flaw === null ? null : { line: lineAt(text, flaw.offset), what: flaw.what }
}

/** The line of the field at `path`, or of the nearest one around it that exists. */
export function lineOfPath(text: string, path: JsonPath): number {
  let found = { depth: -1, offset: 0 }
  new Scanner(text, (at, offset) => {
    const isOnTheWay = at.length <= path.length && at.every((part, i) => part === path[i])
    // JSON.parse keeps the last of two equal keys, so the last one is the one that was judged.
    if (isOnTheWay && at.length >= found.depth) found = { depth: at.length, offset }
  }).scan()
  return lineAt(text, found.offset)
}

/** The first number that JavaScript would write back differently, such as 9007199254740993 or 1e999; null if there is none. */
export function inexactNumber(text: string): JsonPlace | null {
  // Only a hint, but a quick one: the full scan is too slow for every file at boot.
  if (!/[:,[]\s*-?(?:\d{16}|\d[\d.]*[eE])/.test(text)) return null
  let found: JsonPlace | null = null
  new Scanner(text, (_path, offset, number) => {
    if (found !== null || number === null) return
    const value = Number(number)
    const isExact = Number.isFinite(value) && (!/^-?\d+$/.test(number) || Number.isSafeInteger(value))
    if (!isExact) found = { line: lineAt(text, offset), what: number.slice(0, 40) }
  }).scan()
  return found
}

/** True when lists and objects nest deeper than `limit`. */
export function isDeeperThan(value: unknown, limit: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (limit === 0) return true
  return Object.values(value).some(inner => isDeeperThan(inner, limit - 1))
}

function lineAt(text: string, offset: number): number {
  let line = 1
  for (let i = text.indexOf('\n'); i !== -1 && i < offset; i = text.indexOf('\n', i + 1)) line += 1
  return line
}

/** Called for every key and every list entry, and for every number with its text. */
type Visit = (path: JsonPath, offset: number, number: string | null) => void

interface Stop {
  readonly offset: number
  readonly what: string
}

/** Strict JSON by recursive descent. Each method moves past what it names and says whether the text went on being JSON. */
class Scanner {
  readonly #text: string
  readonly #visit: Visit
  readonly #path: (string | number)[] = []
  #at = 0
  #stop: Stop | null = null

  constructor(text: string, visit: Visit) {
    this.#text = text
    this.#visit = visit
  }

  scan(): Stop | null {
    if (!this.#value()) return this.#stop
    this.#space()
    if (this.#at < this.#text.length) this.#fail('there is more text after the end of the value')
    return this.#stop
  }

  #fail(what: string): false {
    this.#stop = { offset: Math.min(this.#at, this.#text.length), what }
    return false
  }

  #unexpected(wanted: string): false {
    const char = this.#text[this.#at]
    return this.#fail(
      char === undefined ? `the text is cut off where ${wanted} should come` : `${wanted} should come here`,
    )
  }

  #space(): void {
    while (' \t\n\r'.includes(this.#text[this.#at] ?? 'x')) this.#at += 1
  }

  #takes(char: string): boolean {
    this.#space()
    if (this.#text[this.#at] !== char) return false
    this.#at += 1
    return true
  }

  #value(): boolean {
    if (this.#path.length > maxJsonDepth) return this.#fail(`nested more than ${maxJsonDepth} levels deep`)
    if (this.#takes('{')) return this.#object()
    if (this.#takes('[')) return this.#list()
    if (this.#text[this.#at] === '"') return this.#string() !== null
    for (const word of ['true', 'false', 'null']) {
      if (!this.#text.startsWith(word, this.#at)) continue
      this.#at += word.length
      return true
    }
    return this.#number()
  }

  #object(): boolean {
    if (this.#takes('}')) return true
    do {
      this.#space()
      const offset = this.#at
      const key = this.#text[this.#at] === '"' ? this.#string() : this.#unexpected('a key in double quotes')
      if (key === null || key === false) return false
      this.#path.push(key)
      this.#visit(this.#path, offset, null)
      if (!this.#takes(':')) return this.#unexpected('":"')
      if (!this.#value()) return false
      this.#path.pop()
    } while (this.#takes(','))
    return this.#takes('}') || this.#unexpected('"," or "}"')
  }

  #list(): boolean {
    if (this.#takes(']')) return true
    let index = 0
    do {
      this.#space()
      this.#path.push(index)
      this.#visit(this.#path, this.#at, null)
      if (!this.#value()) return false
      this.#path.pop()
      index += 1
    } while (this.#takes(','))
    return this.#takes(']') || this.#unexpected('"," or "]"')
  }

  #string(): string | null {
    const start = this.#at
    this.#at += 1
    for (;;) {
      const char = this.#text[this.#at]
      if (char === undefined) return this.#cut('the text is cut off inside a string')
      if (char < ' ') return this.#cut('a line break or control character inside a string (write it as \\n)')
      if (char === '\\') {
        const escaped = /^\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/.exec(this.#text.slice(this.#at, this.#at + 6))
        if (escaped === null)
          return this.#cut('an escape that JSON does not know (write "\\\\" for a backslash)')
        this.#at += escaped[0].length
        continue
      }
      this.#at += 1
      if (char === '"') return JSON.parse(this.#text.slice(start, this.#at)) as string
    }
  }

  #cut(what: string): null {
    this.#fail(what)
    return null
  }

  #number(): boolean {
    const form = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
    form.lastIndex = this.#at
    const number = form.exec(this.#text)?.[0]
    if (number === undefined) return this.#unexpected('a value')
    this.#visit(this.#path, this.#at, number)
    this.#at += number.length
    return true
  }
}
