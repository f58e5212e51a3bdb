// What all transports share: events reach the owner in order, `closed` once and last, and never from inside one of the
// owner's own calls. Subclasses wrap a WebSocket or a peer connection; they know nothing about channels or cores.
import * as limits from '../core/limits.js'
import { Gauge } from './gauge.js'
import type { Transport, TransportEvents } from './port.js'

type Delivery = (owner: TransportEvents) => void

/** Of memory, for a message that waits; so that a flood of empty ones is bounded too. */
const MESSAGE_OVERHEAD = 64

export abstract class Connection extends Gauge implements Transport {
  private owner: TransportEvents | undefined
  /** Undefined: nothing, as nearly always. */
  private waiting: Delivery[] | undefined
  private waitingBytes = 0
  /** The owner is calling us: what happens meanwhile waits. */
  private isBusy = false
  private isFlushDue = false
  private isEnded = false

  /** May throw: then the connection ends. */
  protected abstract write(bytes: Uint8Array): void
  /** Lets go of everything, once. Nothing of the connection is touched afterwards. */
  protected abstract shut(code: number | undefined, reason: string | undefined): void

  send(bytes: Uint8Array): void {
    this.guard(() => {
      if (this.mostQueued > limits.channelFull && this.queued > limits.channelFull) {
        throw new Error('the send queue is full')
      }
      this.write(bytes)
      this.hasSent(bytes.length)
    })
  }

  close(code?: number, reason?: string): void {
    const wasEnded = this.isEnded
    this.isEnded = true
    this.waiting = undefined
    this.owner = undefined
    if (!wasEnded) this.release(code, reason)
  }

  listen(owner: TransportEvents | undefined): void {
    this.owner = owner
    this.flushSoon()
  }

  /** Runs a call of the owner: nothing is thrown back and nothing is delivered before it has returned. */
  protected guard(action: () => void): void {
    if (this.isEnded) return
    this.isBusy = true
    try {
      action()
    } catch (error) {
      this.end(0, messageOf(error))
    } finally {
      this.isBusy = false
    }
    this.flushSoon()
  }

  protected get isOwned(): boolean {
    return this.owner !== undefined
  }

  protected get isOver(): boolean {
    return this.isEnded
  }

  /** Binary data from the other side. Anything else, or too much, ends the connection. */
  protected received(data: unknown): void {
    const bytes = asBytes(data)
    if (!bytes) return this.end(1003, 'only binary messages are understood')
    if (bytes.length > limits.payload) return this.end(1009, 'message too large')
    if (!this.owner) this.waitingBytes += bytes.length + MESSAGE_OVERHEAD
    if (this.waitingBytes > limits.channelHigh) return this.end(1008, 'nobody took over this connection')
    this.deliver((owner) => owner.message(bytes))
  }

  /** The connection is over, whoever began it; the owner hears of it as its last event. */
  protected end(code: number, reason: string): void {
    if (this.isEnded) return
    this.isEnded = true
    this.release(code, reason)
    this.hand((owner) => owner.closed(code, reason))
  }

  protected deliver(delivery: Delivery): void {
    if (!this.isEnded) this.hand(delivery)
  }

  protected hasShrunk(): void {
    this.deliver((owner) => this.tellDrained(owner))
  }

  /** What the queue is now: more may have been sent since it was found short. */
  private tellDrained(owner: TransportEvents): void {
    const queued = this.takeReport()
    if (queued !== undefined) owner.drained(queued)
  }

  private hand(delivery: Delivery): void {
    if (this.owner && !this.isBusy && !this.waiting) return delivery(this.owner)
    this.waiting ??= []
    this.waiting.push(delivery)
    this.flushSoon()
  }

  private release(code: number | undefined, reason: string | undefined): void {
    this.stopWatching()
    try {
      this.shut(code, reason)
    } catch {
      // Closing what is broken may fail; there is nothing left to do about it.
    }
  }

  private flushSoon(): void {
    if (this.isFlushDue || !this.waiting || !this.owner) return
    this.isFlushDue = true
    queueMicrotask(() => {
      this.isFlushDue = false
      this.flush()
    })
  }

  private flush(): void {
    try {
      while (this.owner) {
        const delivery = this.waiting?.shift()
        if (!delivery) break
        delivery(this.owner)
      }
    } finally {
      if (this.waiting?.length === 0) this.waiting = undefined
      if (!this.waiting) this.waitingBytes = 0
      else if (this.owner) this.flushSoon()
    }
  }
}

/** In place of a connection that could not even be begun. */
export class Refused extends Connection {
  constructor(reason: string) {
    super()
    this.end(0, reason)
  }
  get queued(): number {
    return 0
  }
  protected write(): void {}
  protected shut(): void {}
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** What browsers' send() accepts: memory that is not shared with other threads. */
export function sendable(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return isUnshared(bytes) ? bytes : new Uint8Array(bytes)
}

const isUnshared = (bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> => isArrayBuffer(bytes.buffer)

/** A view without copying. By name, as a test runner's realm has an ArrayBuffer of its own. */
function asBytes(data: unknown): Uint8Array | undefined {
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return isArrayBuffer(data) ? new Uint8Array(data) : undefined
}

const isArrayBuffer = (data: unknown): data is ArrayBuffer =>
  Object.prototype.toString.call(data) === '[object ArrayBuffer]'
