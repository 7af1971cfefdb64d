// Where the socket really lies. A unix socket's path must fit `sockaddr_un` (108 bytes on Linux, 104 on macOS); a deep
// repository does not, and the system cuts the path off without a word. Server and link both go through here, so that they agree.

/** Longest path, in bytes of UTF-8, that every system takes as it is. */
export const socketPathBytes = 100

/**
 * `path` itself where it fits, else a short one in `runtimeFolder` with a hash of `path` in its name. Both must be absolute,
 * `path` the same for all (no symbolic links left in it), and `runtimeFolder` a short folder that only this user can write to.
 */
export function socketAddress(path: string, runtimeFolder: string): string {
  if (utf8Length(path) <= socketPathBytes) return path
  return `${runtimeFolder}/jetpack-${fnv64(path)}.sock`
}

/** Bytes that `text` takes in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = 0
  for (const sign of text) {
    const point = sign.codePointAt(0) ?? 0
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x1_0000 ? 3 : 4
  }
  return bytes
}

/** FNV-1a, 64 bits, over the UTF-16 units: tells repositories apart; it is no secret. */
function fnv64(text: string): string {
  let hash = 0xcbf29ce484222325n
  for (let i = 0; i < text.length; i += 1) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n)
  }
  return hash.toString(16).padStart(16, '0')
}
