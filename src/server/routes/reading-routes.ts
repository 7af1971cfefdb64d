// The questions of viewers about the run and its tasks. Every parameter is checked and bounded before the engine sees it.

import type { FastifyInstance } from 'fastify'
import { JetpackError } from '../../core/fault.js'
import { taskIdFlaw } from '../../core/model/task-id.js'
import type { TaskQuery } from '../../core/wire/views.js'
import { answerLimits, askEngine } from '../ask-engine.js'
import type { Serving } from '../serving.js'

/** Most rows of one page, and most characters of a filter. */
export const queryLimits = { rows: 10_000, filterLength: 1_000 } as const

const tasksQuery = {
  type: 'object',
  additionalProperties: false,
  properties: {
    filter: { type: 'string', maxLength: queryLimits.filterLength, default: '' },
    sort: {
      enum: ['attention', 'id', 'order', 'updated'] satisfies TaskQuery['sort'][],
      default: 'attention',
    },
    offset: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: 0 },
    count: { type: 'integer', minimum: 0, maximum: queryLimits.rows, default: 100 },
  },
} as const

const logQuery = {
  type: 'object',
  additionalProperties: false,
  properties: {
    from: {
      type: 'integer',
      minimum: Number.MIN_SAFE_INTEGER,
      maximum: Number.MAX_SAFE_INTEGER,
      default: 0,
    },
  },
} as const

const logParams = {
  type: 'object',
  properties: { id: { type: 'string' }, n: { type: 'string', pattern: '^(last|[1-9][0-9]{0,8})$' } },
} as const

export function readingRoutes(app: FastifyInstance, { engine }: Serving): void {
  app.get('/v1/status', (_request, reply) =>
    askEngine(reply, answerLimits.readMs, signal => engine.status(signal)),
  )

  app.get<{ Querystring: TaskQuery }>(
    '/v1/tasks',
    { schema: { querystring: tasksQuery } },
    (request, reply) => askEngine(reply, answerLimits.readMs, signal => engine.tasks(request.query, signal)),
  )

  app.get<{ Params: { id: string } }>('/v1/tasks/:id', async (request, reply) => {
    const id = knownShape(request.params.id)
    return await askEngine(reply, answerLimits.readMs, signal => engine.task(id, signal))
  })

  app.get<{ Params: { id: string; n: string }; Querystring: { from: number } }>(
    '/v1/attempts/:id/:n/log',
    { schema: { params: logParams, querystring: logQuery } },
    async (request, reply) => {
      const id = knownShape(request.params.id)
      const attempt = request.params.n === 'last' ? null : Number(request.params.n)
      const { from } = request.query
      return await askEngine(reply, answerLimits.readMs, signal => engine.log(id, attempt, from, signal))
    },
  )
}

// Ids become paths further in; one that cannot be a task's is turned away here.
function knownShape(id: string): string {
  const flaw = taskIdFlaw(id)
  if (flaw === null) return id
  const hint = `A task id ${flaw}.`
  throw new JetpackError('task_unknown', `There is no task ${JSON.stringify(id.slice(0, 128))}.`, hint)
}
