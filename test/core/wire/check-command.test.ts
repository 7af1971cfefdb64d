import fc from 'fast-check'
import t from 'tap'
import type { Command } from '../../../src/core/messages/commands.js'
import { commandItems, parseCommandRequest } from '../../../src/core/wire/check-command.js'

const whole: Command[] = [
  { name: 'add', args: { task: { id: 'A', title: 'Do A', metadata: { colour: 'red' } } } },
  { name: 'import', args: { tasks: [{ id: 'A', title: 'Do A' }], source: 'plan.md', flawed: true } },
  { name: 'retry', args: { ids: ['A', 'B.2'] } },
  { name: 'retry', args: { ids: 'failed' } },
  { name: 'reassign', args: { ids: ['A'], to: 'codex-1' } },
  { name: 'kill', args: { ids: ['A'] } },
  { name: 'pause', args: {} },
  { name: 'resume', args: {} },
  { name: 'stop', args: { now: true } },
]

t.test('every command is read back as it was written, in either form', async t => {
  for (const command of whole) {
    const around = { by: 'tui:ada', requestId: 'r-1' }
    const expected = { command, ...around }
    t.strictSame(parseCommandRequest(JSON.parse(JSON.stringify(expected))), expected, command.name)
    t.strictSame(parseCommandRequest({ ...command, ...around }), expected, `${command.name}, short`)
  }
})

t.test('switches that are left out are off, and empty arguments may be left out', async t => {
  const around = { by: 'ada', requestId: 'r-1' }
  t.strictSame(parseCommandRequest({ name: 'stop', ...around }), {
    command: { name: 'stop', args: { now: false } },
    ...around,
  })
})

t.test('what is wrong is said with its place', async t => {
  const flaws = [
    [null, 'The request is null, expected an object.'],
    [
      ask('fly', {}),
      '"name" is "fly", expected one of add, import, retry, reassign, kill, pause, resume, stop.',
    ],
    [ask('constructor', {}), /^"name" is "constructor"/],
    [ask('stop', { now: 'yes' }), '"args.now" is "yes", expected true or false.'],
    [ask('stop', { nwo: true }), '"args" has an unknown field "nwo".'],
    [ask('pause', []), '"args" is a list, expected an object.'],
    [ask('kill', { ids: ['A', '../B'] }), /^"args\.ids\[1\]" is "\.\.\/B"; a task id must be 1 to 128 /],
    [ask('retry', { ids: 'all' }), '"args.ids" is "all", expected a list of task ids or "failed".'],
    [ask('reassign', { ids: ['A'] }), '"args.to" is missing, expected one line of 1 to 500 characters.'],
    [ask('add', { task: { id: 'A' } }), '"args.task.title" is missing, expected a text.'],
    [ask('add', { task: 'A' }), '"args.task" is "A", expected a task.'],
    [ask('add', { task: { id: 7, title: 'A' } }), '"args.task.id" is 7, expected a text.'],
    [ask('kill', { ids: Array(commandItems + 1).fill('A') }), /^"args\.ids" has 100001 entries/],
    [{ ...ask('pause', {}), by: 'ada\nSigned-off-by: eve' }, /^"request\.by" is "ada\\nSigned/],
    [{ ...ask('pause', {}), urgent: true }, '"request" has an unknown field "urgent".'],
    [
      { ...ask('pause', {}), command: { name: 'pause', when: 1 } },
      'The command has an unknown field "when".',
    ],
    [
      { ...ask('pause', {}), command: 'pause' },
      '"command" is "pause", expected an object with "name" and "args".',
    ],
  ] as const
  for (const [value, flaw] of flaws) {
    t.match(parseCommandRequest(value), { flaw }, String(flaw))
  }
})

t.test('nothing that can be sent makes it throw, and what passes is a command of the union', async () => {
  const names = fc.constantFrom(...whole.map(command => command.name), '__proto__', 'x')
  const args = fc.oneof(
    fc.anything(),
    fc.record({ ids: fc.anything(), task: fc.anything(), tasks: fc.array(fc.anything()) }),
  )
  const nested = fc.record({
    command: fc.record({ name: names, args }),
    by: fc.anything(),
    requestId: fc.anything(),
  })
  const flat = fc.record({ name: names, args, by: fc.string(), requestId: fc.string() })
  fc.assert(
    fc.property(fc.oneof(fc.anything({ withBigInt: true, withNullPrototype: true }), nested, flat), value => {
      const result = parseCommandRequest(value)
      return 'flaw' in result
        ? result.flaw.length > 0
        : whole.some(command => command.name === result.command.name)
    }),
    { numRuns: 2_000 },
  )
})

function ask(name: string, args: unknown): object {
  return { command: { name, args }, by: 'ada', requestId: 'r-1' }
}
