// Signs what this instance says to others, and lets nothing through that was not signed with the secret of the cluster: who
// can write to the bus cannot speak for an instance. Held by Sigver.ts. Replays are core/cluster.ts's to find.
import { createCipheriv, createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'
import { Reader, Writer } from '../core/bytes.js'
import type { InstanceName } from '../core/contract.js'
import type { Bus } from './bus.js'

const TAG_BYTES = 16
const NONCE_BYTES = 12
/** Each instance has another name each time it starts. A guess: more than a cluster has. */
const MOST_KEYS = 64
const EVERYONE = '*'
const decoder = new TextDecoder()

export interface SignedBusEvents {
  message(from: InstanceName, bytes: Uint8Array): void
  reachable(isUp: boolean): void
}

export class SignedBus {
  readonly #secret: KeyObject
  readonly #key: KeyObject
  readonly #name: Uint8Array
  /** Never the same twice with one key: it counts up. */
  readonly #nonce = Buffer.alloc(NONCE_BYTES)
  #published = 0
  /** Of others that have spoken. */
  readonly #keys = new Map<InstanceName, KeyObject>()
  /** One for all that is said, as large as the largest was. */
  readonly #writer = new Writer()

  constructor(
    private readonly bus: Bus,
    private readonly me: InstanceName,
    secret: string,
    private readonly events: SignedBusEvents,
  ) {
    this.#secret = createSecretKey(Buffer.from(secret))
    this.#key = this.keyOf(me)
    this.#name = Buffer.from(me)
  }

  open(): void {
    this.bus.open(this.me, {
      message: (bytes) => this.receive(bytes),
      reachable: (isUp) => this.events.reachable(isUp),
    })
  }

  /** On the wire: my name, nonce, tag, message, each after its length. */
  publish(to: InstanceName | undefined, bytes: Uint8Array): void {
    this.#nonce.writeUIntBE(++this.#published, NONCE_BYTES - 6, 6)
    const writer = this.#writer
    writer.clear()
    writer.delimited(this.#name)
    writer.delimited(this.#nonce)
    writer.delimited(this.tag(this.#key, this.#nonce, to ?? EVERYONE, bytes))
    writer.delimited(bytes)
    this.bus.publish(to, writer.written)
  }

  close(): Promise<void> {
    return this.bus.close()
  }

  private receive(signed: Uint8Array): void {
    const said = read(signed)
    if (!said || said.from === this.me) return
    const { from, nonce, tag, bytes } = said
    const key = this.#keys.get(from) ?? this.keyOf(from)
    // It was said to me or to all: a message for somebody else must not be led to me.
    const isSigned = [this.me, EVERYONE].some((to) => timingSafeEqual(tag, this.tag(key, nonce, to, bytes)))
    if (!isSigned) return
    this.remember(from, key)
    this.events.message(from, bytes)
  }

  /** Of this start of an instance, whose name is its own: so its numbers may begin anew with it. */
  private keyOf(name: InstanceName): KeyObject {
    const key = createHmac('sha256', this.#secret).update(`netflux sigver cluster v1\n${name}`).digest()
    return createSecretKey(key)
  }

  private remember(name: InstanceName, key: KeyObject): void {
    if (this.#keys.size >= MOST_KEYS) this.#keys.clear()
    this.#keys.set(name, key)
  }

  /** GMAC: AES in Galois/counter mode, with nothing to encrypt. */
  private tag(key: KeyObject, nonce: Uint8Array, to: InstanceName, bytes: Uint8Array): Buffer {
    const mac = createCipheriv('aes-256-gcm', key, nonce)
    mac
      .setAAD(Buffer.from(`${to}\n`))
      .setAAD(bytes)
      .final()
    return mac.getAuthTag()
  }
}

function read(signed: Uint8Array) {
  const reader = new Reader(signed)
  try {
    const [name, nonce] = [reader.delimited(), reader.delimited()]
    const [tag, bytes] = [reader.delimited(), reader.delimited()]
    const isWhole = nonce.length === NONCE_BYTES && tag.length === TAG_BYTES
    return isWhole ? { from: decoder.decode(name), nonce, tag, bytes } : undefined
  } catch {
    return undefined // Reader throws on bytes that make no sense
  }
}
