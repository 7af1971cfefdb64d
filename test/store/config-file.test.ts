// The configuration file: found, read, and refused in one clear sentence.

import t from 'tap'
import { loadConfigFile } from '../../src/store/config-file.js'

t.test('a misspelt key is named with its line and the key that was meant', async t => {
  const folder = t.testdir({ 'jetpack.config.json': '{\n  "agents": [],\n  "runtimeLimit": {}\n}' })
  await t.rejects(loadConfigFile(folder), {
    code: 'config_invalid',
    message:
      'The configuration is not valid: jetpack.config.json:3: unknown key "runtimeLimit", did you mean "runtimeLimits"?.',
  })
})

t.test('a key that resembles nothing is answered with all keys', async t => {
  const folder = t.testdir({ 'jetpack.config.json': '{"retry": {"xyzzy": 1}}' })
  await t.rejects(loadConfigFile(folder), {
    message: /unknown key "retry.xyzzy", expected one of maxAttempts, baseSeconds, maxSeconds, rotate/,
  })
})

t.test('a module may export its configuration by default or by name', async t => {
  const folder = t.testdir({
    default: { 'jetpack.config.mjs': 'export default { retry: { maxAttempts: 5 } }' },
    named: { 'jetpack.config.mjs': 'export const config = { agents: [{ executor: "sim" }] }' },
    neither: { 'jetpack.config.mjs': 'export const conf = {}' },
    broken: { 'jetpack.config.mjs': 'export default {' },
  })
  t.match(await loadConfigFile(`${folder}/default`), { config: { retry: { maxAttempts: 5 } } })
  t.match(await loadConfigFile(`${folder}/named`), { config: { agents: [{ executor: 'sim' }] } })
  await t.rejects(loadConfigFile(`${folder}/neither`), { message: /exports neither a default nor "config"/ })
  await t.rejects(loadConfigFile(`${folder}/broken`), { message: /loading jetpack.config.mjs failed/ })
})

t.test('two configuration files are one error, none is the defaults, torn JSON has a line', async t => {
  t.equal(await loadConfigFile(t.testdir({})), null)
  const two = t.testdir({ 'jetpack.config.json': '{}', 'jetpack.config.mjs': '' })
  await t.rejects(loadConfigFile(two), {
    message: /jetpack.config.json and jetpack.config.mjs are both present/,
  })
  const torn = t.testdir({ 'jetpack.config.json': '{\n "agents": [\n' })
  await t.rejects(loadConfigFile(torn), { message: /jetpack.config.json:3: the file is not JSON/ })
})
