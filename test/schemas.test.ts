// The schemas are the contract of every file: the types are made from them, and the examples meet them.

import { readFile } from 'node:fs/promises'
import { compile } from 'json-schema-to-typescript'
import t from 'tap'
import { checkConfig } from '../src/store/schema/check-config.js'

const root = new URL('../../', import.meta.url)

for (const name of ['task', 'config', 'run', 'status']) {
  t.test(`the types of ${name} are those that its schema gives`, async t => {
    const schema = JSON.parse(await readFile(new URL(`schemas/${name}.schema.json`, root), 'utf8'))
    const made = await compile(schema, `${name}.schema`, {
      additionalProperties: false,
      unreachableDefinitions: true,
      style: { semi: false, singleQuote: true },
    })
    const kept = await readFile(new URL(`src/core/schema/${name}.ts`, root), 'utf8')
    t.equal(kept, made, '`npm run types` writes them anew')
  })
}

t.test('the configurations of the example are valid', async t => {
  for (const file of ['jetpack.config.json', 'demo.config.json']) {
    const text = await readFile(new URL(`examples/loan-system/${file}`, root), 'utf8')
    t.match(checkConfig(JSON.parse(text), file, text), { ok: true }, file)
  }
})
