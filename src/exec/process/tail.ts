// Reads pieces of an output file that may be huge, binary or one endless line: never more than `maxBytes` of it
// is in memory. Offsets are bytes; pieces begin and end between characters. A file that is not there is empty.

import { type FileHandle, open } from 'node:fs/promises'

export interface LogPiece {
  /** Where `text` begins and where to go on. */
  readonly from: number
  readonly next: number
  readonly size: number
  /** Hostile until sanitised; bytes that are no UTF-8 show as U+FFFD. */
  readonly text: string
}

const longestCharacter = 4

/**
 * At most `maxBytes` (4 or more) from byte `from`; a negative `from` counts from the end, and one beyond the end
 * (the file was cut meanwhile) starts at the end.
 */
export async function readLogChunk(path: string, from: number, maxBytes: number): Promise<LogPiece> {
  const file = await openIfThere(path)
  if (file === null) return { from: 0, next: 0, size: 0, text: '' }
  try {
    const { size } = await file.stat()
    const wanted = from < 0 ? Math.max(0, size + from) : Math.min(from, size)
    const bytes = await readBytes(file, wanted, Math.min(Math.max(maxBytes, longestCharacter), size - wanted))
    const start = wanted === 0 ? 0 : firstBoundary(bytes)
    const end = lastBoundary(bytes)
    const text = bytes.subarray(start, Math.max(start, end)).toString('utf8')
    return { from: wanted + start, next: wanted + Math.max(start, end), size, text }
  } finally {
    await file.close()
  }
}

/** The last `n` lines (1 or more) among the last `maxBytes` bytes, without the final line end; one endless line shows its end. */
export async function lastLines(path: string, n: number, maxBytes: number): Promise<string> {
  const { from, text } = await readLogChunk(path, -maxBytes, maxBytes)
  const lines = text.split(/\r?\n/)
  if (lines.at(-1) === '') lines.pop()
  // The first line is a fragment; it is shown only when there is nothing else.
  if (from > 0 && lines.length > 1) lines.shift()
  return lines.slice(-n).join('\n')
}

async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** A file may be cut while it is read: what is there counts. */
async function readBytes(file: FileHandle, from: number, count: number): Promise<Buffer> {
  const bytes = Buffer.alloc(count)
  let filled = 0
  while (filled < count) {
    const { bytesRead } = await file.read(bytes, filled, count - filled, from + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return bytes.subarray(0, filled)
}

const isContinuation = (byte: number): boolean => (byte & 0xc0) === 0x80

/** Skips the rest of a character that began before. Three continuation bytes at most: more is no UTF-8. */
function firstBoundary(bytes: Buffer): number {
  const limit = Math.min(longestCharacter - 1, bytes.length)
  for (let i = 0; i < limit; i += 1) if (!isContinuation(bytes[i] ?? 0)) return i
  return isContinuation(bytes[limit] ?? 0) ? 0 : limit
}

/** Leaves a character that is not complete for the next piece. */
function lastBoundary(bytes: Buffer): number {
  const limit = Math.max(0, bytes.length - longestCharacter)
  for (let i = bytes.length - 1; i >= limit; i -= 1) {
    const byte = bytes[i] ?? 0
    if (isContinuation(byte)) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    return i + length > bytes.length ? i : bytes.length
  }
  return bytes.length
}
