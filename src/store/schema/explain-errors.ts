// Turns the errors of ajv into flaws: one per field, with its line, the value found and what to write.

import { expectationOf } from './expectation.js'
import { type Flaw, fieldName, maxFlaws, quoteValue, showSafely, unknownKey } from './flaw.js'
import { type JsonPath, lineOfPath } from './json-text.js'
import { nearestName } from './nearest-name.js'
import { type Schema, type SchemaError, type SchemaName, schemaErrors, schemaOf } from './validators.js'

// Above this many characters of source only the first error is looked for: a list of a million wrong entries
// would otherwise become a million error objects.
const maxTextForAllErrors = 256 * 1024

/** Flaws of a value that does not meet its schema. `text` is the JSON it was read from, or null if it was none. */
export function explainErrors(
  name: SchemaName,
  value: unknown,
  file: string,
  text: string | null,
): readonly Flaw[] {
  const root = schemaOf(name)
  const every = text === null || text.length <= maxTextForAllErrors
  const flaws: Flaw[] = []
  for (const error of withoutEchoes(schemaErrors(name, value, every))) {
    const flaw = flawOf(error, value, root)
    const line = text === null ? null : lineOfPath(text, flaw.path)
    flaws.push({ file, line, field: flaw.field, found: flaw.found, write: flaw.write })
    if (flaws.length === maxFlaws) break
  }
  return flaws
}

/** "A or null" makes ajv report each alternative and the choice itself; one of them tells a person most. */
function withoutEchoes(errors: readonly SchemaError[]): readonly SchemaError[] {
  const choices = new Set(errors.filter(error => error.keyword === 'anyOf').map(error => error.instancePath))
  const isInside = (error: SchemaError): boolean =>
    [...choices].some(path => error.instancePath.startsWith(`${path}/`)) ||
    (choices.has(error.instancePath) && ['required', 'additionalProperties'].includes(error.keyword))
  const explained = new Set<string>()
  for (const error of errors) {
    if (!isInside(error)) continue
    for (const path of choices)
      if (`${error.instancePath}/`.startsWith(`${path}/`) && error.keyword !== 'anyOf') explained.add(path)
  }
  return errors.filter(error => {
    if (!choices.has(error.instancePath)) return true
    return explained.has(error.instancePath) ? isInside(error) : error.keyword === 'anyOf'
  })
}

function flawOf(
  error: SchemaError,
  value: unknown,
  root: Schema,
): Omit<Flaw, 'file' | 'line'> & { path: JsonPath } {
  const path = pathOf(error.instancePath, value)
  const schema = (error.parentSchema ?? {}) as Schema
  if (error.keyword === 'required') {
    const missing = String(error.params['missingProperty'])
    const write = expectationOf(schema.properties?.[missing] ?? {}, root)
    return { path, field: fieldName([...path, missing]), found: 'missing', write }
  }
  if (error.keyword === 'additionalProperties') {
    const key = String(error.params['additionalProperty'])
    const names = Object.keys(schema.properties ?? {})
    const near = nearestName(key, names)
    const write = near === null ? `one of ${names.join(', ')}` : `"${near}"`
    return { path: [...path, key], field: showSafely(fieldName([...path, key])), found: unknownKey, write }
  }
  const isTooFew = error.keyword === 'minProperties'
  const write = isTooFew
    ? `an object with ${Object.keys(schema.properties ?? {}).join(' or ')}`
    : expectationOf(schema, root)
  return { path, field: fieldName(path), found: quoteValue(error.data), write }
}

/** A JSON pointer as keys and list indexes. */
function pathOf(pointer: string, value: unknown): JsonPath {
  const path: (string | number)[] = []
  let inner = value
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
    path.push(Array.isArray(inner) ? Number(key) : key)
    inner = typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[key] : undefined
  }
  return path
}
