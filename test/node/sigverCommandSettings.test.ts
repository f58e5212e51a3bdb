// The settings of the command: flags, environment, file and defaults, what is wrong with them, and --check.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { Command as Commander } from 'commander'
import { addSettings, settingsOf, shown } from '../../src/sigver/configure.js'
import {
  flagOf,
  type SettingName,
  settingNames,
  settingOf,
  type Settings,
  variableOf,
} from '../../src/sigver/settings.js'
import { Command, file, folder, makeCertificate, release } from './sigverCommandStage.js'

interface Sources {
  readonly flags?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly keys?: object
}

/** In this process: commander looks into process.env by itself. */
function read({ flags = [], environment = {}, keys }: Sources): Settings {
  const variables = { ...environment, ...(keys && { SIGVER_CONFIG: file('sigver.json', keys) }) }
  Object.assign(process.env, variables)
  try {
    const program = new Commander().exitOverride().configureOutput({ outputError: () => {} })
    addSettings(program, settingNames)
    program.action(() => {}).parse(flags, { from: 'user' })
    return settingsOf(program, process.env)
  } finally {
    for (const name of Object.keys(variables)) delete process.env[name]
  }
}

/** Three right values of each setting, as text, and what becomes of them. */
const samples: Record<SettingName, readonly (readonly [string, unknown])[]> = {
  host: texts('localhost', '::1', '10.0.0.1'),
  port: numbers(0, 1, 65535),
  path: texts('', '/a', '/a/b').slice(1),
  tlsCert: texts('a', 'b', 'c'),
  tlsKey: texts('a', 'b', 'c'),
  origin: texts('https://a.b', 'http://localhost:8000', 'https://[::1]:1').map(([text]) => [text, [text]]),
  trustProxy: [
    ['true', true],
    ['false', false],
    ['1', true],
  ],
  workers: numbers(1, 2, 3),
  maxRooms: numbers(1, 2, 3),
  maxPeersPerRoom: numbers(2, 3, 4),
  maxConnectionsPerIp: numbers(1, 2, 3),
  framesPerSecond: numbers(1, 2, 3),
  turnUrl: texts('turn:a', 'turns:b:5349?transport=tcp', 'turn:[::1]').map(([text]) => [text, [text]]),
  turnSecret: texts('a'.repeat(16), 'b'.repeat(17), 'c'.repeat(40)),
  authSecret: texts('a'.repeat(32), 'b'.repeat(33), 'é'.repeat(16)),
  adminPassword: texts('a'.repeat(12), 'b'.repeat(13), 'c d e f g h i'),
  redis: texts('redis://a', 'rediss://u:p@b:6380/2', 'redis://[::1]:1'),
  clusterSecret: texts('a'.repeat(16), 'b'.repeat(17), 'c d e f g h i j k l m'),
  metricsPort: numbers(0, 1, 2),
  metricsHost: texts('::1', '0.0.0.0', 'inside.example.org'),
  logLevel: texts('trace', 'debug', 'silent'),
  logFormat: texts('json', 'readable'),
}

function texts(...values: readonly string[]): (readonly [string, unknown])[] {
  return values.map((value) => [value, value])
}

function numbers(...values: readonly number[]): (readonly [string, unknown])[] {
  return values.map((value) => [String(value), value])
}

const isSwitch = (name: SettingName) => settingOf(name).placeholder === undefined

test('each setting can be a flag, a variable or a key, and the first of these counts', () => {
  for (const name of settingNames) {
    const [first, second, third] = [samples[name][0], samples[name][1], samples[name].at(-1)]
    assert.ok(first && second && third, name)
    const flags = isSwitch(name) ? [flagOf(name)] : [flagOf(name), first[0]]
    const environment = { [variableOf(name)]: second[0] }
    const keys = { [name]: third[1] }
    assert.deepEqual(read({ flags, environment, keys })[name], first[1], `flag of ${name}`)
    assert.deepEqual(read({ flags })[name], first[1], `flag of ${name}`)
    assert.deepEqual(read({ environment, keys })[name], second[1], `variable of ${name}`)
    assert.deepEqual(read({ environment })[name], second[1], `variable of ${name}`)
    assert.deepEqual(read({ keys })[name], third[1], `key of ${name}`)
    assert.deepEqual(read({ keys: { [name]: third[0] } })[name], third[1], `key of ${name} as text`)
    assert.deepEqual(read({})[name], settingOf(name).fallback, `default of ${name}`)
  }
})

test('an empty variable is none', () => {
  assert.equal(read({ environment: { SIGVER_PORT: '' } }).port, 8080)
  assert.equal(read({ environment: { SIGVER_PORT: '' }, keys: { port: 1 } }).port, 1)
})

test('lists are repeated flags, parts between commas, or JSON lists', () => {
  const both = ['https://a.b', 'https://c.d']
  assert.deepEqual(read({ flags: both.flatMap((each) => ['--origin', each]) }).origin, both)
  assert.deepEqual(read({ environment: { SIGVER_ORIGIN: both.join(', ') } }).origin, both)
  assert.deepEqual(read({ keys: { origin: both } }).origin, both)
})

const wrong: readonly (readonly [string, Sources])[] = [
  ['--port is "65536"', { flags: ['--port', '65536'] }],
  ['--port is "0x50"', { flags: ['--port', '0x50'] }],
  ['SIGVER_PORT is "http"', { environment: { SIGVER_PORT: 'http' } }],
  ['"port" in /', { keys: { port: 1.5 } }],
  ['"port" in /', { keys: { port: [1, 2] } }],
  ['"port" in /', { keys: { port: null } }],
  ['"port" in /', { keys: { port: { number: 1 } } }],
  ['no setting "prot"', { keys: { prot: 1 } }],
  ['no setting SIGVER_PROT', { environment: { SIGVER_PROT: '1' } }],
  ['no setting "config"', { keys: { config: 'other.json' } }],
  ['--host is', { flags: ['--host', 'a b'] }],
  ['--path is', { flags: ['--path', 'signaling'] }],
  ['--origin is "\\*"', { flags: ['--origin', '*'] }],
  ['--origin is', { flags: ['--origin', 'https://a.b/'] }],
  ['--origin is', { flags: ['--origin', 'null'] }],
  ['SIGVER_TRUST_PROXY', { environment: { SIGVER_TRUST_PROXY: 'maybe' } }],
  ['--max-rooms', { flags: ['--max-rooms', '0'] }],
  ['--max-peers-per-room', { flags: ['--max-peers-per-room', '1'] }],
  ['--turn-url', { flags: ['--turn-url', 'https://turn.example.org'] }],
  ['--log-level', { flags: ['--log-level', 'loud'] }],
  ['--log-format', { flags: ['--log-format', 'xml'] }],
]

test('what is wrong is named with the place where it stands', () => {
  for (const [text, sources] of wrong)
    assert.throws(() => read(sources), { name: 'WrongSetting', message: new RegExp(text) }, text)
})

const secretNames = settingNames.filter((name) => settingOf(name).isSecret)

test('a secret is in no complaint and in nothing that is shown', () => {
  assert.deepEqual(secretNames, ['turnSecret', 'authSecret', 'adminPassword', 'redis', 'clusterSecret'])
  for (const name of secretNames) {
    const isClean = (error: unknown) => error instanceof Error && !error.message.includes('hush')
    for (const source of [
      { flags: [flagOf(name), 'hush'] },
      { environment: { [variableOf(name)]: 'hush' } },
      { keys: { [name]: 'hush' } },
    ])
      assert.throws(() => read(source), isClean)
    const right = name === 'redis' ? 'redis://:hush@localhost' : 'hush'.repeat(10)
    const settings = read({ flags: [flagOf(name), right] })
    assert.doesNotMatch(JSON.stringify(shown(settings)), /hush/)
  }
})

// ---- processes

async function complaint(args: readonly string[], environment = {}): Promise<string> {
  const command = new Command(args, environment)
  assert.equal(await command.end(), 2, command.output)
  assert.equal(command.stdout, '')
  assert.match(command.stderr, /^sigver: [^\n]+\n$/)
  return command.stderr
}

test('the command says in one line what is wrong, with exit code 2', async () => {
  const broken = file('sigver.json', '{ "authSecret": "hush')
  const [flag, value, variable, key, json, none, more] = await Promise.all([
    complaint(['--prot', '1']),
    complaint(['--port', '65536']),
    complaint([], { SIGVER_PROT: '1' }),
    complaint(['--config', file('sigver.json', { prot: 1 })]),
    complaint(['--config', broken]),
    complaint(['--config', '/nowhere/sigver.json']),
    complaint(['start']),
  ])
  assert.match(flag, /--prot.*--port/)
  assert.match(value, /--port.*65535/)
  assert.match(variable, /SIGVER_PROT/)
  assert.match(key, /prot.*sigver\.json/)
  assert.match(json, /not JSON/)
  assert.doesNotMatch(json, /hush/)
  assert.match(none, /nowhere/)
  assert.match(more, /argument/)
})

test('--help names every setting, its variable and its default, and has examples', async () => {
  const command = new Command(['--help'])
  assert.equal(await command.end(), 0)
  const help = command.stdout.replace(/\s+/g, ' ')
  for (const name of settingNames) {
    assert.ok(help.includes(`${flagOf(name)} `), name)
    assert.ok(help.includes(`(env: ${variableOf(name)})`), name)
  }
  assert.match(help, /default: 8080/)
  assert.match(help, /Examples: \$ sigver/)
})

test('--check accepts what is right, and does not listen', async () => {
  const { cert, private: key } = await makeCertificate()
  const place = folder()
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  release(() => server.close())
  const config = file('sigver.json', {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    tlsCert: file('cert.pem', cert, place),
    tlsKey: file('key.pem', key, place),
    origin: ['https://example.org'],
    turnUrl: 'turn:turn.example.org',
    turnSecret: 'a secret of coturn',
    authSecret: 'a secret of at least thirty-two bytes',
    adminPassword: 'the password of the operator',
    metricsPort: 0,
  })
  const command = new Command(['--config', config, '--check'])
  assert.equal(await command.end(), 0, command.output)
  assert.equal(command.output, 'sigver: all settings are right\n')
})

test('--check refuses what cannot work', async () => {
  const [mine, yours, old] = await Promise.all([makeCertificate(), makeCertificate(), makeCertificate(-1)])
  const place = folder()
  const tls = (cert: string, key: string) => ['--check', '--tls-cert', cert, '--tls-key', key]
  const cert = file('cert.pem', mine.cert, place)
  const key = file('key.pem', mine.private, place)
  const oldCert = file('old.pem', old.cert, place)
  const oldKey = file('old-key.pem', old.private, place)
  const results = await Promise.all([
    complaint(tls(cert, file('other.pem', yours.private, place))),
    complaint(tls(cert, '/nowhere/key.pem')),
    complaint(tls(key, key)),
    complaint(tls(cert, cert)),
    complaint(tls(oldCert, oldKey)),
    complaint(['--check', '--tls-cert', cert]),
    complaint(['--check', '--turn-url', 'turn:a.b']),
    complaint(['--check', '--admin-password', 'twelve letters']),
    complaint(['--check', '--metrics-port', '8080']),
  ])
  const expected = [
    /is not the key of/,
    /nowhere/,
    /not a certificate/,
    /not a private key/,
    /expired/,
    /--tls-cert needs --tls-key/,
    /--turn-url needs --turn-secret/,
    /--admin-password needs --auth-secret/,
    /--metrics-port is the same/,
  ]
  for (const [i, pattern] of expected.entries()) assert.match(results[i] ?? '', pattern)
})

test('a port that is taken is one line and exit code 1', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  release(() => server.close())
  const { port } = server.address() as AddressInfo
  const command = new Command(['--host', '127.0.0.1', '--port', String(port)])
  assert.equal(await command.end(), 1)
  assert.equal(command.output, `sigver: cannot listen at port ${port} of 127.0.0.1: it is taken\n`)
})

test('the log is JSON lines, or readable', async () => {
  const [json, readable, silent] = await Promise.all([
    Command.start(),
    Command.start(['--log-format', 'readable']),
    Command.start(['--log-level', 'debug']),
  ])
  assert.equal(json.lines.length, 1)
  assert.equal(json.lines[0]?.['url'], json.url)
  assert.match(readable.output, /INFO.*: Sigver listens at ws:\/\/127\.0\.0\.1:\d+\n/)
  assert.ok(silent.lines.some(({ level }) => level === 'debug'))
})

test('with the lowest level no secret is in the log', async () => {
  const command = await Command.start(['--log-level', 'trace', '--turn-url', 'turn:a.b'], {
    SIGVER_TURN_SECRET: 'hush '.repeat(8),
    SIGVER_AUTH_SECRET: 'hush '.repeat(8),
    SIGVER_ADMIN_PASSWORD: 'hush '.repeat(8),
  })
  assert.match(command.output, /authSecret/)
  assert.doesNotMatch(command.output, /hush/)
})
