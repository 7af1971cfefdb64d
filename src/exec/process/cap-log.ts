// Keeps an output file under its limit by cutting out its middle in place: the agent goes on appending through the
// descriptor it has. Bytes that arrive between our read and the cut are lost, and count as cut.

import { type FileHandle, open } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

/** Shares of the limit that the beginning and the end keep; half stays free for growth until the next cut. */
const keptShare = 0.25
const copyBytes = 65_536
/** Stands alone on a line where bytes were cut out; valid JSON, so readers of JSON lines pass over it. */
const cutLine = /\{"jetpackCut":\{"bytes":(\d{1,15})\}\}\n/

/**
 * Cuts the file when it is larger than `maxBytes` (at least 4,096). Returns how many bytes have been cut out by
 * this call, 0 for none. Readers that remember an offset beyond the new size start again at the end.
 */
export async function capLog(path: string, maxBytes: number): Promise<number> {
  const file = await openIfThere(path)
  if (file === null) return 0
  try {
    const { size } = await file.stat()
    return size <= Math.max(maxBytes, 4096)
      ? 0
      : await cutMiddle(file, path, size, Math.floor(maxBytes * keptShare))
  } finally {
    await file.close()
  }
}

/** Caps the file every `everyMs` until aborted, and once more then. Never rejects on the abort, but on faults. */
export async function keepCapped(
  path: string,
  maxBytes: number,
  { everyMs, signal }: { everyMs: number; signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    await sleep(everyMs, undefined, { signal }).catch(error => {
      // The abort is the ordinary end.
      if (!signal.aborted) throw error
    })
    await capLog(path, maxBytes)
  }
}

async function cutMiddle(file: FileHandle, path: string, size: number, keep: number): Promise<number> {
  const head = await findHead(file, keep)
  const tail = await lineStart(file, size - keep)
  const cut = tail - head.resumesAt
  const tailBytes = Buffer.alloc(size - tail)
  const { bytesRead } = await file.read(tailBytes, 0, tailBytes.length, tail)
  const { size: grown } = await file.stat()
  await file.truncate(head.length)
  // Appended, as the agent appends: neither overwrites the other.
  const end = await open(path, 'a')
  try {
    const marker = `${head.endsLine ? '' : '\n'}{"jetpackCut":{"bytes":${head.cutBefore + cut + grown - size}}}\n`
    await end.write(marker)
    for (let at = 0; at < bytesRead; at += copyBytes)
      await end.write(tailBytes.subarray(at, Math.min(at + copyBytes, bytesRead)))
  } finally {
    await end.close()
  }
  return cut + grown - size
}

interface Head {
  readonly length: number
  readonly endsLine: boolean
  /** Where the file goes on: behind the line that tells of earlier cuts, if there is one. */
  readonly resumesAt: number
  readonly cutBefore: number
}

/** The beginning that stays: up to the earlier cut if there was one, else to the last line end within `keep`. */
async function findHead(file: FileHandle, keep: number): Promise<Head> {
  const bytes = Buffer.alloc(keep + 100)
  const { bytesRead } = await file.read(bytes, 0, bytes.length, 0)
  const text = bytes.subarray(0, bytesRead).toString('latin1')
  const earlier = cutLine.exec(text)
  if (earlier !== null) {
    const resumesAt = earlier.index + earlier[0].length
    return { length: earlier.index, endsLine: true, resumesAt, cutBefore: Number(earlier[1]) }
  }
  const lineEnd = text.lastIndexOf('\n', keep - 1) + 1
  const length = lineEnd > 0 ? lineEnd : keep
  return { length, endsLine: lineEnd > 0, resumesAt: length, cutBefore: 0 }
}

/** The first line that begins at or after `from`; `from` itself inside an endless line. */
async function lineStart(file: FileHandle, from: number): Promise<number> {
  const bytes = Buffer.alloc(copyBytes)
  const { bytesRead } = await file.read(bytes, 0, bytes.length, from)
  const lineEnd = bytes.subarray(0, bytesRead).indexOf(0x0a)
  return lineEnd < 0 ? from : from + lineEnd + 1
}

async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r+')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
