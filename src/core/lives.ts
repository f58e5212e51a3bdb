// The lives of one member in its group, one after the other: the present one, and those that still say goodbye.
// Held by group.ts; knows which of them an input is for.
import type { Capabilities, ChannelId, Context, Input, MeshTimer } from './contract.js'
import type { Watch } from './liveness.js'
import { Mesh } from './mesh.js'
import { incarnationOf, type Secrets, toHex, uint32 } from './secrets.js'
import type { Identity } from './signalingWire.js'

export interface LivesOptions {
  readonly capabilities: Capabilities
  readonly url: string
  readonly maxMessageSize: number
  newChannel(): ChannelId
}

export class Lives {
  present: Mesh | undefined
  /** Of the present life, for Sigver. */
  identity: Identity | undefined
  private count = 0
  private readonly leaving = new Map<number, Mesh>()

  constructor(
    private readonly context: Context,
    private readonly options: LivesOptions,
  ) {}

  /** A new id, a new incarnation, no links. */
  begin(secrets: Secrets): Mesh {
    const id = uint32(this.context.random(4)) || 1
    const preimage = toHex(this.context.random(16))
    const me = { id, incarnation: incarnationOf(preimage), secrets }
    this.identity = { id, preimage }
    const { capabilities, url, maxMessageSize } = this.options
    const newChannel = () => this.options.newChannel()
    const life = ++this.count
    this.present = new Mesh(this.context, { capabilities, url, maxMessageSize, me, life, newChannel })
    return this.present
  }

  /** The present life says goodbye, or ends at once. */
  end(atOnce: boolean): void {
    const mesh = this.present
    if (!mesh) return
    this.present = undefined
    this.identity = undefined
    this.leaving.set(this.count, mesh)
    if (atOnce) mesh.vanish()
    else mesh.leave()
  }

  /** Of a channel of one of them, or the end of the turn, which is for all. */
  handle(input: Input): void {
    for (const mesh of this.all) if (!('channel' in input) || mesh.owns(input.channel)) mesh.handle(input)
  }

  timer(name: MeshTimer, life: number, watch: Watch): void {
    const mesh = this.leaving.get(life) ?? (life === this.count ? this.present : undefined)
    mesh?.timer(name, watch)
  }

  /** True if the last of them has just ended. */
  sweep(): boolean {
    let isAnyOver = false
    for (const [life, mesh] of this.leaving)
      if (mesh.take().some((fact) => fact.fact === 'released')) isAnyOver = this.leaving.delete(life)
    return isAnyOver && this.leaving.size === 0 && !this.present
  }

  private get all(): readonly Mesh[] {
    return this.present ? [this.present, ...this.leaving.values()] : [...this.leaving.values()]
  }
}
