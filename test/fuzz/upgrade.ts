// Upgrade requests without a network: a server that is none, sockets that remember what is written to them, and
// requests as Node's parser hands them over, made from bytes. Shared by the targets of Sigver and of the bot.
import { EventEmitter } from 'node:events'
import type { IncomingMessage, Server } from 'node:http'
import { Duplex } from 'node:stream'
import type { Random } from './random.js'

/** Its upgrade listeners are called by hand. */
export function serverOfNobody(): Server {
  return Object.assign(new EventEmitter(), {
    listening: true,
    address: () => ({ address: '127.0.0.1', family: 'IPv4', port: 1 }),
  }) as unknown as Server
}

export class Wire extends Duplex {
  readonly remoteAddress = '192.0.2.1'
  written = ''

  override _read(): void {}

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: () => void): void {
    this.written += Buffer.from(chunk).toString('latin1')
    done()
  }

  setTimeout(): this {
    return this
  }

  setNoDelay(): this {
    return this
  }
}

/** The first line of what was answered: 101, 404, 400, or 0 for nothing. */
export const statusOf = (wire: Wire): number => Number(/^HTTP\/1\.1 (\d{3}) /.exec(wire.written)?.[1] ?? 0)

/**
 * An input is lines: the method, the path, then a header each, `name: value`. What HTTP does not allow in them, Node's
 * parser does not let through; sockets are fuzzed with that in upgradeSockets.test.ts.
 */
export function requestOf(input: Uint8Array, socket: Wire): IncomingMessage {
  const [method = 'GET', url = '', ...lines] = Buffer.from(input).toString('latin1').split('\n')
  const headers: Record<string, string> = Object.create(null) as Record<string, string>
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon > 0) headers[line.slice(0, colon).toLowerCase().trim()] = line.slice(colon + 1).trim()
  }
  return { method, url, headers, socket } as unknown as IncomingMessage
}

const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='
const keyOf = (random: Random): string =>
  random.once(8) ? random.pick(['', 'x', KEY.slice(1), KEY + '=', `${KEY}, ${KEY}`]) : KEY
const versionOf = (random: Random): string =>
  random.once(8) ? random.pick(['', '0', '8', '12', '14', '013', '13, 8', '-13', '1e1']) : '13'

const OTHERS = [
  'sec-websocket-extensions: permessage-deflate; client_max_window_bits',
  'sec-websocket-extensions: permessage-deflate; server_max_window_bits=99999999999',
  'sec-websocket-extensions: permessage-deflate; x=1; x=1, permessage-deflate',
  'sec-websocket-extensions: ,,;=",\\',
  'sec-websocket-protocol: chat',
  'sec-websocket-protocol: a, a',
  'sec-websocket-protocol: ,',
  'origin: null',
  'content-length: 99999999999999999999',
  '__proto__: x',
  'constructor: x',
  `x: ${'y'.repeat(5_000)}`,
]

/** Nearly always one that is accepted if its path is. */
export function upgradeTo(path: string, random: Random): Uint8Array {
  const lines = [random.once(20) ? random.pick(['POST', 'get', '']) : 'GET', path]
  if (!random.once(30)) lines.push(random.once(10) ? 'upgrade: h2c' : 'upgrade: websocket')
  lines.push(`sec-websocket-key: ${keyOf(random)}`, `sec-websocket-version: ${versionOf(random)}`)
  while (random.once(3)) lines.push(random.pick(OTHERS))
  return Buffer.from(lines.join('\n'), 'latin1')
}

/** What an upgrade to an accepted path may be answered with. */
export const ANSWERS: readonly number[] = [101, 400, 405, 426]
