// Generates src/core/generated/{peer,signaling,cluster}.{js,d.ts} from proto/*.proto: tables of fields for core/protobuf.ts,
// and their types. Run by `npm run proto` and by prepare.sh; writes only what is missing or older than its source.
// The output is never committed. Usage: node scripts/proto.js [--force]
import { existsSync, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import protobuf from 'protobufjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const out = join(root, 'src/core/generated')
const force = process.argv.includes('--force')

const typeOf = { uint32: 'number', fixed32: 'number', bool: 'boolean', string: 'string', bytes: 'Uint8Array' }
/** What a field says that is not there. */
const noneOf = { uint32: '0', fixed32: '0', bool: 'false', string: "''", bytes: 'NOTHING' }
const age = (file) => (existsSync(file) ? statSync(file).mtimeMs : 0)

function fieldsOf(message) {
  return [...message.fieldsArray]
    .sort((a, b) => a.id - b.id)
    .map((field) => {
      field.resolve()
      const isMessage = field.resolvedType instanceof protobuf.Type
      if (field.map || (!isMessage && !typeOf[field.type])) {
        throw new Error(
          `${field.fullName} is a ${field.map ? 'map' : field.type}: core/protobuf.ts does not know it`,
        )
      }
      const kind = isMessage ? field.resolvedType.name : field.type
      return {
        name: field.name,
        number: field.id,
        kind,
        isMessage,
        isRepeated: field.repeated,
        isOneOf: field.partOf !== null,
      }
    })
}

function script(name, messages) {
  const tables = messages.map((message) => {
    const fields = fieldsOf(message)
    const nones = fields.map(
      ({ name, kind, isRepeated }) => `${name}: ${isRepeated ? '[]' : (noneOf[kind] ?? 'undefined')}`,
    )
    const forms = fields.map(
      ({ number, kind, isRepeated, isOneOf }) =>
        `${number} ${kind}${isRepeated ? '[]' : ''}${isOneOf ? '?' : ''}`,
    )
    return [
      `  ${message.name}: {`,
      `    empty: () => ({ ${nones.join(', ')} }),`,
      `    fields: '${forms.join(', ')}',`,
      '  },',
    ].join('\n')
  })
  return [
    `// Made from proto/${name}.proto by scripts/proto.js.`,
    "import { NOTHING } from '../bytes.js'",
    "import { codecs } from '../protobuf.js'",
    '',
    `export const ${name} = /* @__PURE__ */ codecs({`,
    ...tables,
    '})',
    '',
  ].join('\n')
}

// What goes in may lack anything; what comes out lacks nothing but messages.
function types(name, messages) {
  const lines = messages.flatMap((message) => {
    const comment = (name) => message.fields[name].comment
    const line =
      (given) =>
      ({ name, kind, isMessage, isRepeated }) => {
        const one = isMessage ? (given ? `I${kind}` : kind) : typeOf[kind]
        const type = isRepeated ? (given ? `readonly ${one}[]` : `${one}[]`) : one
        const optional = given || (isMessage && !isRepeated)
        const doc = comment(name) ? `    /** ${comment(name)} */\n` : ''
        return `${doc}    ${name}${optional ? '?' : ''}: ${type}${optional ? ' | null' : ''}`
      }
    const fields = fieldsOf(message)
    return [
      `  interface I${message.name} {`,
      ...fields.map(line(true)),
      '  }',
      `  interface ${message.name} {`,
      ...fields.map(line(false)),
      '  }',
      `  const ${message.name}: Codec<I${message.name}, ${message.name}>`,
    ]
  })
  return [
    `// Made from proto/${name}.proto by scripts/proto.js.`,
    "import type { Codec } from '../protobuf.js'",
    '',
    `export namespace ${name} {`,
    ...lines,
    '}',
    '',
  ].join('\n')
}

// Written beside and renamed, so that an interrupted run leaves no half file that looks fresh.
function write(file, content) {
  writeFileSync(`${file}.draft`, content)
  renameSync(`${file}.draft`, file)
}

function generate(name) {
  const source = join(root, 'proto', `${name}.proto`)
  if (!existsSync(source)) throw new Error(`proto/${name}.proto is missing`)
  const newest = Math.max(age(source), age(fileURLToPath(import.meta.url)))
  const isFresh = ['js', 'd.ts'].every((ending) => age(join(out, `${name}.${ending}`)) >= newest)
  if (isFresh && !force) return
  mkdirSync(out, { recursive: true })
  const messages = protobuf.loadSync(source).lookup(name).nestedArray
  write(join(out, `${name}.d.ts`), types(name, messages))
  write(join(out, `${name}.js`), script(name, messages))
  console.log(`proto: src/core/generated/${name}.js`)
}

try {
  for (const name of ['peer', 'signaling', 'cluster']) generate(name)
} catch (error) {
  console.error(`proto: ${error.message}`)
  process.exitCode = 1
}
