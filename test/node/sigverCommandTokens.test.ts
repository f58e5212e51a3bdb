// Access tokens: who makes them, what they open, and why others are refused.
import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { test } from 'node:test'
import { decodeJwt, SignJWT } from 'jose'
import { deriveSecrets } from '../../src/core/secrets.js'
import { type NetfluxError, WebGroup, WebGroupState } from '../../src/index.node.js'
import { Attempts } from '../../src/sigver/attempts.js'
import { signToken, tokenChecker } from '../../src/sigver/tokens.js'
import { Command, file, release, TOPIC, within } from './sigverCommandStage.js'

/** Long enough for HS512, too. */
const SECRET = 'a secret of at least sixty-four bytes, although thirty-two would do'
const PASSWORD = 'the password of the operator'
const KEY = 'the key of a group'

// ---- what a token opens

const request = (topic = TOPIC) => ({ url: `/signaling/${topic}?x=/y` }) as IncomingMessage
const check = tokenChecker(SECRET)

const handmade = (claims: Readonly<Record<string, unknown>>, alg = 'HS256', secret = SECRET) =>
  new SignJWT(claims).setProtectedHeader({ alg }).sign(new TextEncoder().encode(secret))

test('a token opens every topic, or its own', async () => {
  assert.equal(await check(request(), await signToken(SECRET, { app: 'a', expires: 60 })), undefined)
  const one = await signToken(SECRET, { app: 'a', topic: TOPIC, expires: 60 })
  assert.equal(await check(request(), one), undefined)
  assert.equal(await check(request(TOPIC.toUpperCase()), one), 'the token is for another group')
})

test('a token that says less, or something else, or was changed, opens nothing', async () => {
  const soon = Math.floor(Date.now() / 1_000) + 60
  const good = { sub: 'a', aud: 'sigver', exp: soon }
  assert.equal(await check(request(), await handmade(good)), undefined)
  const [head, , tail] = (await handmade(good)).split('.')
  const other = (await handmade({ ...good, sub: 'b' })).split('.')[1]
  const unsigned = [Buffer.from('{"alg":"none"}').toString('base64url'), other, ''].join('.')
  const wrong: readonly [string, string][] = [
    ['', 'a token is needed'],
    ['garbage', 'the token is not valid'],
    ['x'.repeat(100_000), 'the token is not valid'],
    [[head, other, tail].join('.'), 'the token is not valid'],
    [unsigned, 'the token is not valid'],
    [await handmade(good, 'HS256', SECRET.toUpperCase()), 'the token is not valid'],
    [await handmade(good, 'HS512'), 'the token is not valid'],
    [await handmade({ sub: 'a', aud: 'sigver' }), 'the token is not valid'],
    [await handmade({ ...good, aud: 'other' }), 'the token is not valid'],
    [await handmade({ aud: 'sigver', exp: soon }), 'the token is not valid'],
    [await handmade({ ...good, topic: 1 }), 'the token is for another group'],
    [await handmade({ ...good, topic: '' }), 'the token is for another group'],
    [await handmade({ ...good, exp: soon - 120 }), 'the token has expired'],
    [await handmade({ ...good, nbf: soon }), 'the token is not valid'],
  ]
  for (const [token, reason] of wrong)
    assert.equal(await check(request(), token), reason, token.slice(0, 100))
})

// ---- sigver token

async function printed(...args: readonly string[]): Promise<string> {
  const command = new Command(['token', ...args], { SIGVER_AUTH_SECRET: SECRET })
  assert.equal(await command.end(), 0, command.output)
  return command.stdout.trim()
}

test('sigver token prints one for an application, a topic or a key', async () => {
  const [all, topic, key] = await Promise.all([
    printed('--app', 'editor'),
    printed('--app', 'editor', '--topic', TOPIC, '--expires', '30d'),
    printed('--app', 'editor', '--key', KEY, '--expires', '90s'),
  ])
  for (const token of [all, topic]) assert.equal(await check(request(), token), undefined)
  assert.equal(await check(request(deriveSecrets(KEY).topic), key), undefined)
  assert.equal(await check(request(), key), 'the token is for another group')
  const lasts = (token: string) => {
    const { exp = 0, iat = 0 } = decodeJwt(token)
    return exp - iat
  }
  assert.deepEqual([all, topic, key].map(lasts), [3600, 30 * 86_400, 90])
  assert.equal(decodeJwt(all).sub, 'editor')
})

test('sigver token takes the secret from the configuration file', async () => {
  const config = file('sigver.json', { authSecret: SECRET, port: 1 })
  const command = new Command(['token', '--app', 'a', '--config', config])
  assert.equal(await command.end(), 0, command.output)
  assert.equal(await check(request(), command.stdout.trim()), undefined)
})

test('sigver token says in one line what is wrong', async () => {
  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /--app/],
    [['--app', 'a b'], /--app: it is not a name/],
    [['--app', 'a', '--topic', 'short'], /--topic/],
    [['--app', 'a', '--expires', 'soon'], /--expires/],
    [['--app', 'a', '--expires', '0s'], /--expires/],
    [['--app', 'a', '--key', 'a', '--topic', TOPIC], /--key.*--topic/],
  ]
  await Promise.all(
    wrong.map(async ([args, pattern]) => {
      const command = new Command(['token', ...args], { SIGVER_AUTH_SECRET: SECRET })
      assert.equal(await command.end(), 2, command.output)
      assert.match(command.stderr, /^sigver: [^\n]+\n$/)
      assert.match(command.stderr, pattern)
    }),
  )
  const command = new Command(['token', '--app', 'a'])
  assert.equal(await command.end(), 2)
  assert.match(command.stderr, /--auth-secret/)
})

// ---- members

const startWithTokens = (...args: readonly string[]) =>
  Command.start(['--log-level', 'trace', ...args], {
    SIGVER_AUTH_SECRET: SECRET,
    SIGVER_ADMIN_PASSWORD: PASSWORD,
  })

interface Member {
  readonly group: WebGroup
  readonly error: Promise<NetfluxError>
}

function member(signalingServer: string, token: string | (() => Promise<string>), key = KEY): Member {
  const group = new WebGroup({ signalingServer, token, rtcConfiguration: { iceServers: [] } })
  release(() => group.leave())
  const error = new Promise<NetfluxError>((resolve) => (group.onError = resolve))
  void group.join(key)
  return { group, error }
}

const joined = ({ group }: Member) =>
  within(
    new Promise<void>((resolve) => {
      const look = () => group.state === WebGroupState.JOINED && resolve()
      group.onStateChange = look
      look()
    }),
    'JOINED',
  )

test('members with a token join, others learn why not', async () => {
  const command = await startWithTokens()
  const forKey = await signToken(SECRET, { app: 'a', topic: deriveSecrets(KEY).topic, expires: 60 })
  const first = member(command.url, forKey)
  const second = member(command.url, () => signToken(SECRET, { app: 'b', expires: 60 }))
  await Promise.all([joined(first), joined(second)])
  const refused: readonly (readonly [string, string, RegExp])[] = [
    ['', KEY, /a token is needed/],
    [forKey, 'another key', /the token is for another group/],
    [await handmade({ sub: 'a', aud: 'sigver', exp: 1 }), KEY, /the token has expired/],
    ['garbage', KEY, /the token is not valid/],
  ]
  for (const [token, key, reason] of refused) {
    const error = await within(member(command.url, token, key).error, 'a refusal')
    assert.match(error.message, reason)
    assert.match(error.code, /REFUSED/)
  }
  assert.ok(!command.output.includes(forKey), 'tokens are not in the log')
})

// ---- POST /app

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Readonly<Record<string, unknown>>
}

async function post(
  command: Command,
  body: object | string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const response = await fetch(command.page('/app'), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const answer: unknown = await response.json()
  return { status: response.status, headers: response.headers, body: { ...Object(answer) } }
}

const basic = (password: string) => ({
  authorization: `Basic ${Buffer.from(`me:${password}`).toString('base64')}`,
})

test('POST /app gives a token to the operator, by Basic or in the body', async () => {
  const command = await startWithTokens()
  const byBody = await post(command, { password: PASSWORD, app: 'editor' })
  assert.equal(byBody.status, 201)
  assert.equal(byBody.headers.get('cache-control'), 'no-store')
  assert.equal(byBody.body['app'], 'editor')
  assert.equal(await check(request(), String(byBody.body['token'])), undefined)
  const byBasic = await post(command, { app: 'editor', topic: TOPIC, expires: '5m' }, basic(PASSWORD))
  assert.equal(byBasic.status, 201)
  const token = String(byBasic.body['token'])
  assert.equal(decodeJwt(token)['topic'], TOPIC)
  assert.equal(Date.parse(String(byBasic.body['expires'])) > Date.now() + 290_000, true)
  const member1 = member(command.url, String(byBody.body['token']))
  await joined(member1)
  assert.ok(!command.output.includes(token) && !command.output.includes(PASSWORD))
})

test('POST /app refuses with a reason', async () => {
  const command = await startWithTokens()
  const right = { password: PASSWORD, app: 'editor' }
  const wrong: readonly (readonly [object | string, number, RegExp])[] = [
    ['{', 400, /JSON/],
    ['[]', 400, /JSON/],
    [{ password: PASSWORD }, 400, /app/],
    [{ ...right, app: 1 }, 400, /app/],
    [{ ...right, app: 'x'.repeat(101) }, 400, /app/],
    [{ ...right, topic: 'short' }, 400, /topic/],
    [{ ...right, expires: 'soon' }, 400, /expires/],
    [{ ...right, more: 'x'.repeat(5_000) }, 413, /too long/],
    [{ ...right, more: 'x'.repeat(2_000_000) }, 413, /too long/],
    [{ app: 'editor' }, 401, /password/],
    [{ ...right, password: PASSWORD + ' ' }, 401, /password/],
  ]
  for (const [body, status, reason] of wrong) {
    const answer = await post(command, body)
    assert.equal(answer.status, status, JSON.stringify(body).slice(0, 100))
    assert.match(String(answer.body['error']), reason)
  }
  assert.equal((await fetch(command.page('/app'))).status, 405)
})

test('after five wrong passwords in a minute an address has to wait, with the right one too', async () => {
  const command = await startWithTokens('--trust-proxy')
  const from = (address: string, password: string) =>
    post(command, { app: 'a' }, { ...basic(password), 'x-forwarded-for': `10.9.9.9, ${address}` })
  for (let i = 0; i < 5; i++) assert.equal((await from('10.0.0.1', `guess ${i}`)).status, 401)
  const late = await from('10.0.0.1', PASSWORD)
  assert.equal(late.status, 429)
  const wait = Number(late.headers.get('retry-after'))
  assert.ok(wait > 50 && wait <= 60, `${wait} s`)
  assert.equal((await from('10.0.0.2', PASSWORD)).status, 201)
})

test('wrong passwords are forgotten after a minute, and count for a whole IPv6 network', () => {
  let now = 0
  const attempts = new Attempts(() => now)
  for (let i = 0; i < 5; i++) attempts.failed(`2001:db8::${i}`)
  assert.equal(attempts.waitOf('2001:db8::ffff'), 60)
  assert.equal(attempts.waitOf('2001:db8:0:1::1'), 0)
  for (let i = 0; i < 5; i++) attempts.failed('::ffff:10.0.0.1')
  assert.equal(attempts.waitOf('10.0.0.1'), 60)
  assert.equal(attempts.waitOf('10.0.0.2'), 0)
  now = 60_000
  assert.equal(attempts.waitOf('10.0.0.1'), 0)
  attempts.failed('10.0.0.1')
  assert.equal(attempts.waitOf('10.0.0.1'), 0)
})

test('addresses that guess do not fill the memory', () => {
  const attempts = new Attempts(() => 0)
  for (let i = 0; i < 5; i++) attempts.failed('10.0.0.1')
  for (let i = 0; i < 10_000; i++) attempts.failed(`10.1.${i >> 8}.${i & 255}`)
  assert.equal(attempts.waitOf('10.0.0.1'), 0, 'the oldest is forgotten')
})
