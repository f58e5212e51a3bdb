// A WebSocket client that may break every rule: it writes the bytes that it is given. Used by the attacks; it reads only
// as much of the answers as they need: the status, the messages and the close code.
import { connect, type Socket } from 'node:net'

export const TEXT = 1
export const BINARY = 2
export const CLOSE = 8
export const PING = 9

export interface Target {
  readonly port: number
}

export interface Dialing {
  /** Each stranger has an address of its own: all of 127.0.0.0/8 is this machine. */
  readonly from?: string
  readonly path?: string
  readonly origin?: string
}

export const ATTACKER = '127.0.0.66'

/** No room of anybody else. */
export const TOPIC = 'attackers_topic_789012345678901234567890abcd'.slice(0, 43)

export function requestOf({ path = '/' + TOPIC, origin }: Dialing = {}): Buffer {
  const lines = [
    `GET ${path} HTTP/1.1`,
    'Host: localhost',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    ...(origin === undefined ? [] : [`Origin: ${origin}`]),
  ]
  return Buffer.from(lines.join('\r\n') + '\r\n\r\n')
}

/** Masked with zeros, which leaves the payload as it is. `claimed`: the length that it pretends to have. */
export function frameOf(
  opcode: number,
  payload: Uint8Array = new Uint8Array(0),
  { fin = true, claimed = BigInt(payload.length) } = {},
): Buffer {
  const first = (fin ? 0x80 : 0) | opcode
  const length =
    claimed < 126n
      ? [0x80 | Number(claimed)]
      : claimed < 65_536n
        ? [0x80 | 126, Number(claimed >> 8n), Number(claimed & 255n)]
        : [0x80 | 127, ...Array.from({ length: 8 }, (_, i) => Number((claimed >> BigInt(56 - 8 * i)) & 255n))]
  return Buffer.concat([Buffer.from([first, ...length, 0, 0, 0, 0]), payload])
}

/** 1006: it ended without a close frame. */
const LOST = 1006

export class RawSocket {
  readonly socket: Socket
  /** Of the upgrade; 0 as long as there is none. */
  status = 0
  /** Of the upgrade, up to the empty line. */
  head = ''
  readonly messages: Buffer[] = []
  /** All that came, the head included. */
  received = 0
  closeCode = LOST
  readonly opened: Promise<void>
  readonly closed: Promise<number>
  private rest = Buffer.alloc(0)
  private wake = () => {}

  constructor({ port }: Target, { from = ATTACKER }: Dialing = {}) {
    this.socket = connect({ port, host: '127.0.0.1', localAddress: from })
    this.socket.on('error', () => {})
    this.socket.on('data', (bytes) => this.read(bytes))
    this.closed = new Promise((resolve) => this.socket.on('close', () => resolve(this.closeCode)))
    this.opened = new Promise((resolve) => (this.wake = resolve))
    void this.closed.then(() => this.wake())
  }

  /** Upgraded, or refused. */
  static async open(target: Target, dialing: Dialing = {}): Promise<RawSocket> {
    const socket = new RawSocket(target, dialing)
    socket.write(requestOf(dialing))
    await socket.opened
    return socket
  }

  write(bytes: Uint8Array): boolean {
    return !this.socket.destroyed && this.socket.write(bytes)
  }

  send(payload: Uint8Array): boolean {
    return this.write(frameOf(BINARY, payload))
  }

  /** Resolves when all that was written is on its way. */
  async drained(): Promise<void> {
    if (this.socket.destroyed || !this.socket.writableNeedDrain) return
    await Promise.race([new Promise((resolve) => this.socket.once('drain', resolve)), this.closed])
  }

  /** The next message that comes, or undefined if the socket ends before. */
  async message(number = 0): Promise<Buffer | undefined> {
    while (this.messages.length <= number && !this.socket.destroyed)
      await Promise.race([new Promise((resolve) => this.socket.once('data', resolve)), this.closed])
    return this.messages[number]
  }

  end(): void {
    this.socket.destroy()
  }

  private read(bytes: Buffer): void {
    this.received += bytes.length
    this.rest = Buffer.concat([this.rest, bytes])
    if (this.status === 0) this.readHead()
    while (this.status === 101 && this.readFrame());
  }

  private readHead(): void {
    const end = this.rest.indexOf('\r\n\r\n')
    if (end < 0) return
    this.head = this.rest.toString('latin1', 0, end)
    this.status = Number(this.head.split(' ', 2)[1])
    this.rest = this.rest.subarray(end + 4)
    this.wake()
  }

  private readFrame(): boolean {
    const { rest } = this
    const [first = 0, short = 0] = rest
    const start = short === 127 ? 10 : short === 126 ? 4 : 2
    if (rest.length < start) return false
    const length =
      short === 127 ? Number(rest.readBigUInt64BE(2)) : short === 126 ? rest.readUInt16BE(2) : short
    if (rest.length < start + length) return false
    const payload = rest.subarray(start, start + length)
    this.rest = rest.subarray(start + length)
    if ((first & 15) === BINARY) this.messages.push(Buffer.from(payload))
    if ((first & 15) === CLOSE) this.heardClose(payload)
    return true
  }

  /** As a well-behaved client: so that the server need not wait for it. */
  private heardClose(payload: Buffer): void {
    if (payload.length >= 2) this.closeCode = payload.readUInt16BE(0)
    this.socket.end(frameOf(CLOSE, payload.subarray(0, 2)))
  }
}
