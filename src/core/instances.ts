// Which instances of Sigver are alive, and which of them owns a topic. Held by cluster.ts.
// Each tells all the others that it is alive; whoever is silent for too long is not. While there is no bus nobody can be
// heard, so nobody is given up.
import { equalBytes } from '@noble/ciphers/utils.js'
import { NOTHING } from './bytes.js'
import { encodeToInstance, type ToInstance } from './clusterWire.js'
import type { Context, InstanceName, Milliseconds } from './contract.js'
import * as limits from './limits.js'

interface Instance {
  /** Its last beat. */
  number: number
  heardAt: Milliseconds
  /** What it has to answer before it counts. */
  readonly nonce: Uint8Array
  isAlive: boolean
  /** The last nonce of its own. */
  session: Uint8Array
}

export type InstanceFact = { readonly fact: 'appeared' | 'vanished'; readonly name: InstanceName }

const NONCE_BYTES = 16

export class Instances {
  private readonly others = new Map<InstanceName, Instance>()
  private facts: InstanceFact[] = []
  private number = 0
  /** Since when there is a bus. */
  private upSince: Milliseconds | undefined

  constructor(
    private readonly context: Context,
    readonly me: InstanceName,
  ) {}

  take(): readonly InstanceFact[] {
    const facts = this.facts
    if (facts.length > 0) this.facts = []
    return facts
  }

  get isUp(): boolean {
    return this.upSince !== undefined
  }

  /** Those others that count. */
  get alive(): InstanceName[] {
    return [...this.others].filter(([, { isAlive }]) => isAlive).map(([name]) => name)
  }

  isAlive(name: InstanceName): boolean {
    return this.others.get(name)?.isAlive ?? false
  }

  /** What my batches for this instance have to carry. */
  sessionOf(name: InstanceName): Uint8Array {
    return this.others.get(name)?.session ?? NOTHING
  }

  /** Whether a batch of this session is for me as I am now; if not, its sender is told what is. */
  accepts(from: InstanceName, session: Uint8Array): boolean {
    const other = this.others.get(from)
    if (!other?.isAlive) return false
    if (equalBytes(session, other.nonce)) return true
    this.publish(from, { type: 'hello', nonce: other.nonce, answer: NOTHING })
    return false
  }

  /** Rendezvous hashing (Thaler and Ravishankar, 1998): when an instance comes or goes only its own topics move. */
  owner(topic: string): InstanceName {
    let owner = this.me
    let most = weight(this.me, topic)
    for (const name of this.alive) {
      const own = weight(name, topic)
      if (own < most || (own === most && name < owner)) continue
      owner = name
      most = own
    }
    return owner
  }

  // ---- inputs

  busChanged(isUp: boolean): void {
    this.upSince = isUp ? this.context.now : undefined
    // Nobody could be heard meanwhile.
    for (const other of this.others.values()) other.heardAt = this.context.now
    if (isUp) this.beat()
  }

  /** Called every limits.beat. */
  tick(): void {
    if (!this.isUp) return
    this.beat()
    const since = this.context.now - limits.instanceSilence
    for (const [name, { heardAt }] of this.others) if (heardAt <= since) this.lose(name)
  }

  hear(from: InstanceName, message: Exclude<ToInstance, { type: 'batch' }>): void {
    switch (message.type) {
      case 'beat':
        return this.onBeat(from, message.number)
      case 'hello':
        return this.onHello(from, message.nonce, message.answer)
      case 'bye':
        return this.lose(from)
    }
  }

  bye(): void {
    this.publish(undefined, { type: 'bye' })
    this.others.clear()
  }

  private beat(): void {
    this.publish(undefined, { type: 'beat', number: ++this.number })
  }

  private onBeat(from: InstanceName, number: number): void {
    const other = this.others.get(from)
    if (!other) return this.greet(this.meet(from, number), from, NOTHING)
    if (number <= other.number) return
    other.number = number
    other.heardAt = this.context.now
    // Its answer was lost, or my question.
    if (!other.isAlive) this.greet(other, from, NOTHING)
  }

  private meet(name: InstanceName, number: number): Instance {
    const nonce = this.context.random(NONCE_BYTES)
    const other = { number, heardAt: this.context.now, nonce, isAlive: false, session: NOTHING }
    this.others.set(name, other)
    return other
  }

  private greet({ nonce }: Instance, name: InstanceName, answer: Uint8Array): void {
    this.publish(name, { type: 'hello', nonce, answer })
  }

  private onHello(from: InstanceName, nonce: Uint8Array, answer: Uint8Array): void {
    const known = this.others.get(from)
    const other = known ?? this.meet(from, 0)
    if (nonce.length > 0) other.session = nonce
    if (!known) return this.greet(other, from, nonce)
    if (nonce.length > 0) this.publish(from, { type: 'hello', nonce: NOTHING, answer: nonce })
    if (other.isAlive || !equalBytes(answer, other.nonce)) return
    other.isAlive = true
    other.heardAt = this.context.now
    this.facts.push({ fact: 'appeared', name: from })
  }

  private lose(name: InstanceName): void {
    const wasAlive = this.isAlive(name)
    this.others.delete(name)
    if (wasAlive) this.facts.push({ fact: 'vanished', name })
  }

  private publish(to: InstanceName | undefined, message: ToInstance): void {
    if (this.isUp) this.context.out({ do: 'publish', to, bytes: encodeToInstance(message) })
  }
}

/** FNV-1a over both, mixed as MurmurHash3 ends: names that differ in one character get unlike numbers. */
function weight(name: InstanceName, topic: string): number {
  let hash = 0x811c9dc5
  for (const text of [name, '/', topic])
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
