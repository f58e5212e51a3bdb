// One socket of Sigver and what is known of it. Made by Sigver.ts, which hears from it under its channel.
import type { ChannelId } from '../core/contract.js'
import type { AcceptedSocket } from '../io/acceptedSocket.js'
import type { TransportEvents } from '../io/port.js'
import type { Reader } from './unread.js'

export interface Hearer {
  received(channel: ChannelId, bytes: Uint8Array): void
  closed(channel: ChannelId, code: number, reason: string): void
  flooded(channel: ChannelId): void
}

/** It hears its events itself: closures for each of thousands take more memory than this. */
export class Client implements TransportEvents, Reader {
  unread = 0

  constructor(
    readonly channel: ChannelId,
    readonly socket: AcceptedSocket,
    readonly address: string,
    /** Those of one network are bounded together. */
    readonly network: string,
    private readonly hearer: Hearer,
  ) {}

  message(bytes: Uint8Array): void {
    this.hearer.received(this.channel, bytes)
  }

  closed(code: number, reason: string): void {
    this.hearer.closed(this.channel, code, reason)
  }

  flooded(): void {
    this.hearer.flooded(this.channel)
  }

  drained(): void {}
}
