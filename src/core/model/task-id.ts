// Task ids become file names, branch names and command words, so only harmless ones are let in.

const shape = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/
const deviceName = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i

/** Why `id` cannot be a task id, as the end of a sentence; null when it can. The rule stands in DESIGN's section on files. */
export function taskIdFlaw(id: string): string | null {
  if (!shape.test(id))
    return 'must be 1 to 128 letters, digits, ".", "_" or "-", beginning with a letter or digit'
  if (id.includes('..')) return 'must not contain ".."'
  if (id.endsWith('.')) return 'must not end with "."'
  if (id.toLowerCase().endsWith('.lock')) return 'must not end with ".lock"'
  if (deviceName.test(id)) return 'must not be a device name'
  return null
}
