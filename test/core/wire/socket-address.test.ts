import fc from 'fast-check'
import t from 'tap'
import { socketAddress, socketPathBytes, utf8Length } from '../../../src/core/wire/socket-address.js'

t.test('a path that fits is the address itself', async t => {
  const path = `/${'a'.repeat(socketPathBytes - 1)}`
  t.equal(socketAddress(path, '/run/user/1000'), path)
})

t.test(
  'a path that is too long by its bytes, not its characters, gets a short address of its own',
  async t => {
    const one = `/${'ü'.repeat(50)}/sock`
    const two = `/${'ü'.repeat(50)}/sock2`
    t.match(socketAddress(one, '/run/user/1000'), /^\/run\/user\/1000\/jetpack-[0-9a-f]{16}\.sock$/)
    t.equal(socketAddress(one, '/run/user/1000'), socketAddress(one, '/run/user/1000'))
    t.not(socketAddress(one, '/run/user/1000'), socketAddress(two, '/run/user/1000'))
  },
)

t.test('the length is that of the bytes the system sees', async () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      text => utf8Length(text) === new TextEncoder().encode(text).length,
    ),
  )
})
