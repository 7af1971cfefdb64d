// The first wall against hostile text: what agents, tasks and mail wrote passes here once, when it reaches the
// viewer, and is plain visible characters ever after. The output filter is the second wall.

/** Longest line that is looked at, in UTF-16 units; the rest is cut off before anything parses it. */
export const maxLineLength = 8192

const tabWidth = 4

const strings = '(?:\\x1b[\\]PX^_]|[\\x9d\\x90\\x98\\x9e\\x9f])[^\\x07\\x1b\\x9c]*(?:\\x07|\\x1b\\\\|\\x9c)?'
const sequences = '(?:\\x1b\\[|\\x9b)[\\x30-\\x3f]*[\\x20-\\x2f]*[\\x40-\\x7e]?'
const shortEscapes = '\\x1b[\\x20-\\x2f]*[\\x30-\\x7e]?'
const escapes = new RegExp(`${strings}|${sequences}|${shortEscapes}`, 'g')

// Cf holds the bidi controls, zero-width joiners and tags; the rest are invisible characters of other categories.
const invisible =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Me}\u115f\u1160\u17b4\u17b5\u3164\uffa0]|\u034f|[\ufe00-\ufe0f]|[\u{e0100}-\u{e01ef}]/gu
const breaks = /[\n\r\u2028\u2029]+/g
// Printable ASCII, Latin letters, lines and blocks: nothing of these is ever dropped.
const onlyHarmless = /^[ -~\u00a1-\u00ac\u00ae-\u02ff\u2500-\u25ff]*$/

/**
 * One line of harmless text: escape sequences are dropped whole, controls, bidi and zero-width characters
 * vanish, tabs and line breaks become spaces, and no more than `maxLineLength` is kept.
 */
export function sanitize(text: string): string {
  const line = text.length > maxLineLength ? text.slice(0, maxLineLength) : text
  if (onlyHarmless.test(line)) return line
  return line
    .replace(escapes, '')
    .replaceAll('\t', ' '.repeat(tabWidth))
    .replace(breaks, ' ')
    .replace(invisible, '')
}

/** The lines of a piece of output, each sanitised. A carriage return ends a line as a line feed does. */
export function sanitizedLines(text: string): string[] {
  return text.split(/\r\n|\n|\r/).map(sanitize)
}
