// Tokens that let members in: JSON Web Tokens, signed with the operator's secret (HS256), for one application and
// optionally one topic. Made by `sigver token` and POST /app, checked for each member that announces itself.
import type { IncomingMessage } from 'node:http'
import type { JWTPayload } from 'jose'

export interface Grant {
  /** The application that the token is for. It says in logs whose a token was. */
  readonly app: string
  /** The only topic that it opens. Default: every one. */
  readonly topic?: string | undefined
  /** Seconds. */
  readonly expires: number
}

export type Authenticate = (request: IncomingMessage, token: string) => Promise<string | undefined>

/** Tokens for something else that were signed with the same secret open nothing here. */
const AUDIENCE = 'sigver'
const ALGORITHM = 'HS256'

/** Guess: clocks of the two hosts may differ by this many seconds. */
const CLOCK_TOLERANCE = 5

const bytesOf = (secret: string): Uint8Array => new TextEncoder().encode(secret)

export async function signToken(secret: string, { app, topic, expires }: Grant): Promise<string> {
  const { SignJWT } = await import('jose')
  return new SignJWT(topic === undefined ? {} : { topic })
    .setProtectedHeader({ alg: ALGORITHM })
    .setSubject(app)
    .setAudience(AUDIENCE)
    .setIssuedAt()
    .setExpirationTime(`${expires}s`)
    .sign(bytesOf(secret))
}

/** An option of the class Sigver: says why a member may not come in, or nothing. */
export function tokenChecker(secret: string): Authenticate {
  const key = bytesOf(secret)
  return async (request, token) => {
    if (token === '') return 'a token is needed'
    const claims = await claimsOf(token, key)
    if (typeof claims === 'string') return claims
    const { topic } = claims
    return topic === undefined || topic === topicOf(request) ? undefined : 'the token is for another group'
  }
}

/** The claims, or what is wrong with the token. */
async function claimsOf(token: string, key: Uint8Array): Promise<JWTPayload | string> {
  const { errors, jwtVerify } = await import('jose')
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: [ALGORITHM],
      audience: AUDIENCE,
      requiredClaims: ['exp', 'sub'],
      clockTolerance: CLOCK_TOLERANCE,
    })
    return payload
  } catch (error) {
    return error instanceof errors.JWTExpired ? 'the token has expired' : 'the token is not valid'
  }
}

function topicOf({ url = '' }: IncomingMessage): string {
  const path = url.split('?', 1)[0] ?? ''
  return path.slice(path.lastIndexOf('/') + 1)
}
