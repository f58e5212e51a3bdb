// What a stranger may write to a port: an upgrade request and WebSocket frames, whole or nearly. Used by sockets.test.ts.
import type { Random } from './random.js'

const NAMES = ['Host: x', 'Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13'] as const
const ODD = [
  'Content-Length: 5',
  'Content-Length: -1',
  'Transfer-Encoding: chunked',
  'Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover',
  'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=8',
  'Sec-WebSocket-Protocol: x',
  'Expect: 100-continue',
  'Upgrade: h2c',
  ': nothing',
  'No-Colon',
  `X: ${'x'.repeat(20_000)}`,
] as const

export function requestBytes(path: string, random: Random): Uint8Array {
  const lines = [`${random.once(10) ? 'POST' : 'GET'} ${path} HTTP/1.${random.once(10) ? 0 : 1}`, ...NAMES]
  lines.push('Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==')
  if (random.once(8)) lines.splice(random.below(lines.length), 1)
  while (random.once(3)) lines.push(random.pick(ODD))
  return Buffer.from(lines.join('\r\n') + '\r\n\r\n', 'latin1')
}

/** A client's frame of RFC 6455, masked with zeros; any bits may be wrong, and the length may lie. */
export function webSocketFrame(payload: Uint8Array, random: Random): Uint8Array {
  const opcode = random.once(4) ? random.below(16) : 2
  const bits = random.once(8) ? random.below(8) << 4 : 0
  const isFinal = random.once(8) ? 0 : 0x80
  const mask = random.once(16) ? 0 : 0x80
  const length = random.once(8) ? random.pick([0, 125, 126, 65535, 65536, 2 ** 31, 2 ** 53]) : payload.length
  const head = Buffer.concat([Buffer.of(isFinal | bits | opcode), lengthBytes(length, mask, random)])
  return Buffer.concat([head, new Uint8Array(mask === 0 ? 0 : 4), payload])
}

function lengthBytes(length: number, mask: number, random: Random): Buffer {
  if (length < 126 && !random.once(20)) return Buffer.of(mask | length)
  const bytes = Buffer.alloc(length < 65536 && !random.once(20) ? 3 : 9)
  if (bytes.length === 3) bytes.writeUInt16BE(length, 1)
  else bytes.writeBigUInt64BE(BigInt(length), 1)
  bytes[0] = mask | (bytes.length === 3 ? 126 : 127)
  return bytes
}
