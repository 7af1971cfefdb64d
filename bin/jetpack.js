#!/usr/bin/env node
// Starts the built program; says what to do when it has not been built.
import { existsSync } from 'node:fs'

const entry = new URL('../dist/src/cli/main.js', import.meta.url)
if (existsSync(entry)) await (await import(entry.href)).main(process.argv)
else {
  console.error('jetpack: the program has not been built yet. Run `npm run build` in its folder first.')
  process.exitCode = 2
}
