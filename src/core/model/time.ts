// Instants. Events carry milliseconds since 1970; files carry RFC 3339 in UTC. Both conversions are pure.

/** Milliseconds since 1970-01-01 UTC. */
export type EpochMs = number

/** RFC 3339 in UTC with milliseconds, as task files carry it. */
export function isoTime(at: EpochMs): string {
  // biome-ignore lint/style/noRestrictedGlobals: formats a given instant; reads no clock.
  return new Date(at).toISOString()
}

/** The inverse of `isoTime`; null for text that is no instant. */
export function parseTime(text: string | null): EpochMs | null {
  if (text === null) return null
  // biome-ignore lint/style/noRestrictedGlobals: parses a given text; reads no clock.
  const at = Date.parse(text)
  return Number.isNaN(at) ? null : at
}
