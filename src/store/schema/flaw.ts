// What is wrong with a file, as data: where, which field, what was found, what to write instead. Values come
// from files that anybody may have written, so they are shown cut short and with every control character escaped.

export interface Flaw {
  /** As shown to a person, for example "tasks/E1-T1.json". */
  readonly file: string
  /** Counted from 1; null where the flaw has no place in a text. */
  readonly line: number | null
  /** For example "status" or "attempts[0].phase"; empty where the file as a whole is meant. */
  readonly field: string
  /** The value found, quoted, or words such as "missing". */
  readonly found: string
  /** What belongs there. */
  readonly write: string
}

/** The value of `found` for a key that the schema does not know; `write` then holds the nearest name, quoted, or all names. */
export const unknownKey = 'unknown key'

/** At most this many flaws are told of one file: the rest usually follows from the first. */
export const maxFlaws = 20

const maxQuotedLength = 60

/** The whole sentence, with file and line in front. */
export function describeFlaw(flaw: Flaw): string {
  const place = flaw.line === null ? flaw.file : `${flaw.file}:${flaw.line}`
  return `${place}: ${flawSentence(flaw)}`
}

/** The sentence without the place. */
export function flawSentence(flaw: Flaw): string {
  if (flaw.found === unknownKey) {
    const isNear = flaw.write.startsWith('"')
    return `unknown key "${flaw.field}", ${isNear ? `did you mean ${flaw.write}?` : `expected ${flaw.write}`}`
  }
  const subject = flaw.field === '' ? 'the file' : `field "${flaw.field}"`
  return `${subject} is ${flaw.found}, expected ${flaw.write}`
}

/** A value as it may be shown: texts quoted and cut short, lists and objects by their kind. */
export function quoteValue(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`
  if (typeof value === 'object' && value !== null) return 'an object'
  if (typeof value !== 'string') return String(value)
  const cut = value.length > maxQuotedLength ? `${value.slice(0, maxQuotedLength)}…` : value
  return showSafely(JSON.stringify(cut))
}

/** Escapes what could move a cursor, hide text or turn its direction. */
export function showSafely(text: string): string {
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** A path inside a JSON text as a person would write it: `attempts[0].phase`. */
export function fieldName(path: readonly (string | number)[]): string {
  let name = ''
  for (const part of path) {
    if (typeof part === 'number') name += `[${part}]`
    else if (/^[A-Za-z_$][\w$-]*$/.test(part)) name += name === '' ? part : `.${part}`
    else name += `[${quoteValue(part)}]`
  }
  return name
}
