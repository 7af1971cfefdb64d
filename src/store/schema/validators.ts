// The JSON schemas as functions. Ajv and its compiling cost some 70 ms, so the build does that for the quick
// variant, and the one that explains errors waits until a file is found wanting.

import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type * as Ajv from 'ajv/dist/2020.js'
import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js'

export type SchemaName = 'task' | 'config' | 'run'

/** A JSON schema as far as our messages look into it. */
export interface Schema {
  readonly $schema?: string
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, Schema>>
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly type?: string | readonly string[]
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly items?: Schema
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
}

export type SchemaError = ErrorObject

// Compiled dist/src/store/schema/validators.js lies four folders below the package.
const packageRoot = new URL('../../../../', import.meta.url)
const loadModule = createRequire(import.meta.url)

const schemas = new Map<SchemaName, Schema>()
const quick = new Map<SchemaName, ValidateFunction>()
const thorough = new Map<SchemaName, ValidateFunction>()

export function schemaOf(name: SchemaName): Schema {
  return remember(schemas, name, () => {
    const text = readFileSync(new URL(`schemas/${name}.schema.json`, packageRoot), 'utf8')
    return JSON.parse(text) as Schema
  })
}

/** Whether `value` meets the schema. Values are left as they are: defaults are filled by core alone. */
export function meetsSchema(name: SchemaName, value: unknown): boolean {
  return remember(quick, name, () => precompiled(name) ?? compile(name, 'firstError'))(value) === true
}

/** What is wrong with a value that `meetsSchema` refused. `every: false` stops at the first error, for values so big that listing all could fill the memory. */
export function schemaErrors(name: SchemaName, value: unknown, every: boolean): readonly SchemaError[] {
  const validate = every
    ? remember(thorough, name, () => compile(name, 'allErrors'))
    : compile(name, 'explained')
  validate(value)
  return validate.errors ?? []
}

type Thoroughness = 'firstError' | 'explained' | 'allErrors'

/** Where the build puts a quick validator. */
export function precompiledFile(name: SchemaName): URL {
  return new URL(`dist/validators/${name}.cjs`, packageRoot)
}

function precompiled(name: SchemaName): ValidateFunction | null {
  const file = precompiledFile(name)
  return existsSync(file) ? (loadModule(fileURLToPath(file)) as ValidateFunction) : null
}

function compile(name: SchemaName, how: Thoroughness): ValidateFunction {
  return newAjv(how, {}).compile(plainSchema(name))
}

export function newAjv(how: Thoroughness, code: { readonly source?: boolean }): Ajv.Ajv2020 {
  const { Ajv2020 } = loadModule('ajv/dist/2020.js') as typeof Ajv
  // The schemas themselves are held against the meta schema by a test, not at every start.
  return new Ajv2020({
    meta: false,
    validateSchema: false,
    strict: false,
    inlineRefs: false,
    code: { optimize: false, ...code },
    verbose: how !== 'firstError',
    allErrors: how === 'allErrors',
  })
}

/** Without its $schema: that would ask for the meta schema, whose compiling alone takes longer than ours. */
export function plainSchema(name: SchemaName): Schema {
  const { $schema: _, ...schema } = schemaOf(name)
  return schema
}

function remember<Value>(known: Map<SchemaName, Value>, name: SchemaName, make: () => Value): Value {
  const value = known.get(name) ?? make()
  known.set(name, value)
  return value
}
