// Part of the build: writes the quick validators as plain code, so that a command need not load and run a compiler
// before it can read its first task file. Without them `validators.ts` compiles as it goes.

import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type standaloneCode from 'ajv/dist/standalone/index.js'
import { newAjv, plainSchema, precompiledFile, type SchemaName } from './validators.js'

const loadModule = createRequire(import.meta.url)
const { default: writeCode } = loadModule('ajv/dist/standalone/index.js') as {
  default: typeof standaloneCode.default
}

const names: readonly SchemaName[] = ['task', 'config', 'run']
for (const name of names) {
  const ajv = newAjv('firstError', { source: true })
  const file = precompiledFile(name)
  mkdirSync(new URL('./', file), { recursive: true })
  writeFileSync(file, writeCode(ajv, ajv.compile(plainSchema(name))))
}
