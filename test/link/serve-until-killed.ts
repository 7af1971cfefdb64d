// A process that serves an engine until it is killed: `node serve-until-killed.js SOCKET TOKEN EPOCH`. Prints "serving".

import { serve } from '../../src/server/socket-server.js'
import { MemoryEngine } from '../server/memory-engine.js'

const [socketPath, token, epoch] = process.argv.slice(2)
if (socketPath !== undefined && token !== undefined) {
  const engine = new MemoryEngine(Number(epoch))
  await serve({ engine, socketPath, token, signal: new AbortController().signal })
  console.log('serving')
}
