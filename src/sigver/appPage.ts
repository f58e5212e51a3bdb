// POST /app: whoever has the operator's password gets a token. The password comes as HTTP Basic (any user name) or in the
// JSON body beside what the token is for. Used by service.ts.
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import { Attempts } from './attempts.js'
import { answer, type Page } from './pages.js'
import { type Grant, signToken } from './tokens.js'
import { appName, duration, type Parse, topicName, WrongValue } from './values.js'

export interface AppPageOptions {
  readonly password: string
  readonly secret: string
  readonly addressOf: (request: IncomingMessage) => string
  readonly log: Logger
}

/** In bytes: a name, a topic and a password are a few hundred. */
const LONGEST_BODY = 4_096
const DEFAULT_DURATION = '1h'

/** What goes back to whoever asked, with an http status. */
class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message)
  }
}

export function appPage(options: AppPageOptions): Page {
  const attempts = new Attempts(() => performance.now())
  return (request, response, path) => {
    if (path !== '/app') return false
    issue(request, options, attempts).then(
      (body) => answer(response, 201, body),
      (error: unknown) => refuse(response, error),
    )
    return true
  }
}

async function issue(
  request: IncomingMessage,
  { password, secret, addressOf, log }: AppPageOptions,
  attempts: Attempts,
): Promise<object> {
  if (request.method !== 'POST') throw new Refusal(405, 'POST only', { allow: 'POST' })
  const body = await bodyOf(request)
  const address = addressOf(request)
  const wait = attempts.waitOf(address)
  if (wait > 0) throw new Refusal(429, 'too many wrong passwords', { 'retry-after': String(wait) })
  if (!isSame(basicPassword(request) ?? textIn(body, 'password') ?? '', password)) {
    attempts.failed(address)
    log.warn({ address }, 'POST /app with a wrong password')
    throw new Refusal(401, 'the password is wrong', { 'www-authenticate': 'Basic realm="sigver"' })
  }
  const grant = grantOf(body)
  const token = await signToken(secret, grant)
  const { app, topic } = grant
  log.info({ app, topic, address }, 'a token was made')
  return { token, app, topic, expires: new Date(Date.now() + grant.expires * 1_000).toISOString() }
}

type Body = Readonly<Record<string, unknown>>

async function bodyOf(request: IncomingMessage): Promise<Body> {
  const text = await textOf(request)
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch {
    // Its message would quote the body, which may have the password.
  }
  throw new Refusal(400, 'the body is not a JSON object')
}

/** What is too long is read to its end, or the answer would not arrive; the server's time limit ends that, too. */
function textOf(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length <= LONGEST_BODY) chunks.push(chunk)
      else chunks.length = 0
    })
    request.on('end', () => {
      if (length > LONGEST_BODY) reject(new Refusal(413, 'the body is too long'))
      else resolve(Buffer.concat(chunks).toString())
    })
    request.on('close', () => reject(new Refusal(400, 'the body has no end')))
  })
}

function grantOf(body: Body): Grant {
  return {
    app: parsed(body, 'app', '', appName),
    topic: body['topic'] === undefined ? undefined : parsed(body, 'topic', '', topicName),
    expires: parsed(body, 'expires', DEFAULT_DURATION, duration),
  }
}

function parsed<T>(body: Body, key: string, fallback: string, parse: Parse<T>): T {
  try {
    return parse(textIn(body, key) ?? fallback)
  } catch (error) {
    if (error instanceof WrongValue) throw new Refusal(400, `${key}: ${error.message}`)
    throw error
  }
}

function textIn(body: Body, key: string): string | undefined {
  const value = body[key]
  if (value === undefined || typeof value === 'string') return value
  throw new Refusal(400, `${key}: it is not text`)
}

function basicPassword({ headers }: IncomingMessage): string | undefined {
  const [, encoded] = /^basic ([A-Za-z0-9+/]+=*)$/i.exec(headers.authorization ?? '') ?? []
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString()
  return text.slice(text.indexOf(':') + 1)
}

/** Takes as long whatever is different. */
function isSame(given: string, password: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(given), hash(password))
}

function refuse(response: ServerResponse, error: unknown): void {
  if (error instanceof Refusal) answer(response, error.status, { error: error.message }, error.headers)
  else answer(response, 500, { error: 'no token could be made' })
}
