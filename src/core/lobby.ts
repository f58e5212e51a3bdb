// The core of a Bot: sockets that have not said who they are. Each is challenged; its hello decides to which group it goes.
// Called by Bot.ts. Strangers are bounded in number, per address and in time.
import { networkOf } from './addresses.js'
import type { ChannelId, Core, Input, Milliseconds, Output } from './contract.js'
import * as limits from './limits.js'
import { provesKey } from './link.js'
import { peerCloseCodes } from './peerCloseCodes.js'
import { base64url, deriveSecrets } from './secrets.js'
import { decodeFrame, encodeFrame, type Hello } from './wire.js'

interface Stranger {
  readonly address: string
  readonly nonce: Uint8Array
}

export class Lobby implements Core {
  private readonly strangers = new Map<ChannelId, Stranger>()
  private readonly perAddress = new Map<string, number>()
  private outputs: Output[] = []

  constructor(private readonly random: (bytes: number) => Uint8Array) {}

  handle(input: Input, now: Milliseconds): readonly Output[] {
    this.outputs = []
    switch (input.on) {
      case 'accepted':
        this.accept(input.channel, input.address, now)
        break
      case 'received':
        this.receive(input.channel, input.bytes)
        break
      case 'closed':
        this.forget(input.channel)
        break
      case 'leave':
        for (const channel of [...this.strangers.keys()])
          this.refuse(channel, peerCloseCodes.left, 'the bot is being closed')
        break
      case 'timer':
        this.refuse(Number(input.timer.split('/')[1]), peerCloseCodes.tooSlow, 'no hello in time')
    }
    return this.outputs
  }

  private accept(channel: ChannelId, from: string, now: Milliseconds): void {
    const address = networkOf(from)
    const fromThere = this.perAddress.get(address) ?? 0
    if (this.strangers.size >= limits.strangers || fromThere >= limits.strangersPerAddress) {
      this.outputs.push({ do: 'close', channel, code: peerCloseCodes.busy, reason: 'too many strangers' })
      return
    }
    const nonce = this.random(16)
    this.strangers.set(channel, { address, nonce })
    this.perAddress.set(address, fromThere + 1)
    const bytes = encodeFrame({ type: 'challenge', version: limits.PROTOCOL_VERSION, nonce })
    this.outputs.push({ do: 'send', channel, bytes })
    this.outputs.push({ do: 'timer', timer: `handshake/${channel}`, at: now + limits.firstFrame })
  }

  private receive(channel: ChannelId, bytes: Uint8Array): void {
    const stranger = this.strangers.get(channel)
    if (!stranger) return
    const frame = bytes.length <= limits.hello ? decodeFrame(bytes)?.frame : undefined
    if (frame?.type !== 'hello') return this.refuse(channel, peerCloseCodes.garbage, 'not a hello')
    const { hello } = frame
    if (hello.key !== '' && !isInvitation(hello, stranger.nonce))
      return this.refuse(channel, peerCloseCodes.refused, 'the key does not fit')
    this.forget(channel)
    this.outputs.push({
      do: 'hand-over',
      channel,
      topic: base64url(hello.topic),
      key: hello.key === '' ? undefined : hello.key,
      nonce: stranger.nonce,
      hello: bytes,
    })
  }

  private refuse(channel: ChannelId, code: number, reason: string): void {
    if (!this.strangers.has(channel)) return
    this.forget(channel)
    this.outputs.push({ do: 'close', channel, code, reason })
  }

  private forget(channel: ChannelId): void {
    const stranger = this.strangers.get(channel)
    if (!stranger) return
    this.strangers.delete(channel)
    const left = (this.perAddress.get(stranger.address) ?? 1) - 1
    if (left > 0) this.perAddress.set(stranger.address, left)
    else this.perAddress.delete(stranger.address)
    this.outputs.push({ do: 'timer', timer: `handshake/${channel}`, at: undefined })
  }
}

/** The key belongs to the topic, and the sender has proven it in answer to my nonce. */
function isInvitation(hello: Hello, nonce: Uint8Array): boolean {
  const secrets = deriveSecrets(hello.key)
  return base64url(hello.topic) === secrets.topic && provesKey(secrets, 'dialer', hello, nonce)
}
