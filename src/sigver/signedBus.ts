// Signs what this instance says to others, and lets nothing through that was not signed with the secret of the cluster: who
// can write to the bus cannot speak for an instance. Held by Sigver.ts. Replays are core/cluster.ts's to find.
import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'
import type { InstanceName } from '../core/contract.js'
import type { Bus } from './bus.js'

/** HMAC-SHA-256 cut to 128 bits, as RFC 2104 allows. */
const TAG_BYTES = 16
const EVERYONE = '*'

export interface SignedBusEvents {
  message(from: InstanceName, bytes: Uint8Array): void
  reachable(isUp: boolean): void
}

export class SignedBus {
  readonly #key: KeyObject
  /** What everything begins with that I say. */
  readonly #sender: Uint8Array

  constructor(
    private readonly bus: Bus,
    private readonly me: InstanceName,
    secret: string,
    private readonly events: SignedBusEvents,
  ) {
    // Not the secret itself: it may be used elsewhere.
    this.#key = createSecretKey(createHmac('sha256', secret).update('netflux sigver cluster v1').digest())
    const name = Buffer.from(me)
    this.#sender = Buffer.concat([Uint8Array.of(name.length), name])
  }

  open(): void {
    this.bus.open(this.me, {
      message: (bytes) => this.receive(bytes),
      reachable: (isUp) => this.events.reachable(isUp),
    })
  }

  /** On the wire: length of my name, my name, tag, message. */
  publish(to: InstanceName | undefined, bytes: Uint8Array): void {
    const tag = this.tag(this.me, to ?? EVERYONE, bytes)
    this.bus.publish(to, Buffer.concat([this.#sender, tag, bytes]))
  }

  close(): Promise<void> {
    return this.bus.close()
  }

  private receive(signed: Uint8Array): void {
    const start = 1 + (signed[0] ?? 0) + TAG_BYTES
    if (signed.length < start) return
    const from = Buffer.from(signed.subarray(1, start - TAG_BYTES)).toString()
    const tag = signed.subarray(start - TAG_BYTES, start)
    const bytes = signed.subarray(start)
    if (from === this.me) return
    // It was said to me or to all: a message for somebody else must not be led to me.
    const isSigned = [this.me, EVERYONE].some((to) => timingSafeEqual(tag, this.tag(from, to, bytes)))
    if (isSigned) this.events.message(from, bytes)
  }

  private tag(from: InstanceName, to: InstanceName, bytes: Uint8Array): Buffer {
    const mac = createHmac('sha256', this.#key).update(`${from}>${to}\n`).update(bytes)
    return mac.digest().subarray(0, TAG_BYTES)
  }
}
