// Errors of the operating system, told apart by their code.

/** True when `error` carries one of these codes, e.g. "ENOENT". */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}
