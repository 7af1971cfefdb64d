// What a schema wants, in words that end the sentence "field … is …, expected …".

import type { Schema } from './validators.js'

const timePattern = '^\\d{4}-'
const taskIdPattern = '^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$'

export function expectationOf(schema: Schema, root: Schema): string {
  const name = schema.$ref?.split('/').at(-1)
  if (name !== undefined) return expectationOf(root.$defs?.[name] ?? {}, root)
  if (schema.anyOf !== undefined) return schema.anyOf.map(one => expectationOf(one, root)).join(' or ')
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum !== undefined) return `one of ${schema.enum.join(', ')}`
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? [])
  return types.length === 0 ? 'another value' : types.map(type => kindOf(type, schema)).join(' or ')
}

function kindOf(type: string, schema: Schema): string {
  switch (type) {
    case 'string':
      return textKind(schema)
    case 'integer':
      return `a whole number${rangeOf(schema)}`
    case 'number':
      return `a number${rangeOf(schema)}`
    case 'boolean':
      return 'true or false'
    case 'array': {
      const list = schema.items?.type === 'string' ? 'a list of texts' : 'a list'
      return schema.minItems === undefined ? list : `${list} that is not empty`
    }
    case 'object': {
      if (schema.required !== undefined) return `an object with ${schema.required.join(', ')}`
      return 'an object'
    }
    default:
      return type
  }
}

function textKind(schema: Schema): string {
  if (schema.pattern?.startsWith(timePattern) === true) return 'a time in UTC such as "2026-01-31T08:00:00Z"'
  if (schema.pattern === taskIdPattern)
    return 'an id of 1 to 128 letters, digits, ".", "_" or "-", beginning with a letter or digit'
  if (schema.pattern !== undefined) return `text of the form ${schema.pattern}`
  if (schema.maxLength !== undefined) return `text of 1 to ${schema.maxLength} characters`
  return schema.minLength === undefined ? 'text' : 'text that is not empty'
}

function rangeOf(schema: Schema): string {
  if (schema.exclusiveMinimum !== undefined) return ` above ${schema.exclusiveMinimum}`
  if (schema.minimum !== undefined && schema.maximum !== undefined)
    return ` from ${schema.minimum} to ${schema.maximum}`
  return schema.minimum === undefined ? '' : ` of at least ${schema.minimum}`
}
