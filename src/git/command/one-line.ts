// Text of agents and tools on its way into a commit message, a fault or a terminal: one line, no control or
// invisible formatting characters, bounded.

/** `text` as one harmless line of at most `limit` UTF-16 units; the cut shows as "…". */
export function oneLine(text: string, limit: number): string {
  const line = text
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()
  if (line.length <= limit) return line
  const cut = line.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, '')
  return `${cut}…`
}
