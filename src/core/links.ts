// All transports of one member to others: opening, greeting, which of two links to one member stays. Held by mesh.ts.
// Reports through facts: proven, failed (before the proof) and lost (after it). Never looks into a proven link's frames.
import { NOTHING } from './bytes.js'
import type { Capabilities, ChannelId, Context, MemberId } from './contract.js'
import * as limits from './limits.js'
import {
  dialDeadline,
  type Link,
  makeHello,
  newLink,
  outranks,
  type PeerName,
  sameName,
  type Self,
  whyRefused,
} from './link.js'
import { peerCloseCodes } from './peerCloseCodes.js'
import { decodeFrame, encodeFrame, type Frame, type Hello, type LinkName } from './wire.js'

export type LinkFact =
  | { readonly fact: 'proven'; readonly link: Link }
  | { readonly fact: 'failed'; readonly link: Link; readonly code: number; readonly reason: string }
  | { readonly fact: 'lost'; readonly link: Link; readonly code: number; readonly reason: string }

/** What the machines of one life in a group share. */
export interface LinkContext extends Context {
  readonly me: Self
  readonly capabilities: Capabilities
  /** Where I accept WebSockets, '' if nowhere. */
  readonly url: string
  newChannel(): ChannelId
  /** My end of the session with this member, which begins if need be; 0: there can be none. */
  tagFor(peer: PeerName): number
}

export class Links {
  private readonly links = new Map<ChannelId, Link>()
  /** The link in use, by member. */
  private readonly inUse = new Map<MemberId, Link>()
  private dials = 0
  /** My nonce of each greeting, and the key that a link to an invited bot will give away. */
  private readonly nonces = new Map<ChannelId, Uint8Array>()
  private readonly keys = new Map<ChannelId, string>()

  constructor(
    private readonly context: LinkContext,
    private readonly report: (fact: LinkFact) => void,
  ) {}

  get(channel: ChannelId): Link | undefined {
    return this.links.get(channel)
  }

  /** The proven link to this member. */
  to(id: MemberId): Link | undefined {
    return this.inUse.get(id)
  }

  get neighbors(): ReadonlyMap<MemberId, Link> {
    return this.inUse
  }

  get isEmpty(): boolean {
    return this.links.size === 0
  }

  named(name: LinkName): Link | undefined {
    for (const link of this.links.values()) if (sameName(link.name, name)) return link
    return undefined
  }

  dialWebSocket(peer: PeerName, url: string): Link {
    const link = this.add({
      kind: 'websocket',
      role: 'dialer',
      name: this.nextName(),
      url,
      peer,
      invitation: 0,
    })
    this.context.out({ do: 'dial', channel: link.channel, url, trust: 'peer' })
    return link
  }

  /** The bot at this URL is given the key once it has shown that it is one. */
  invite(url: string, key: string, invitation: number): Link {
    const name = this.nextName()
    const link = this.add({ kind: 'websocket', role: 'dialer', name, url, peer: undefined, invitation })
    this.keys.set(link.channel, key)
    this.context.out({ do: 'dial', channel: link.channel, url, trust: 'user' })
    return link
  }

  offer(peer: PeerName): Link {
    const name = this.nextName()
    const link = this.add({ kind: 'datachannel', role: 'dialer', name, url: '', peer, invitation: 0 })
    this.context.out({ do: 'offer', channel: link.channel })
    return link
  }

  answer(peer: PeerName, name: LinkName, sdp: string): Link {
    const link = this.add({ kind: 'datachannel', role: 'acceptor', name, url: '', peer, invitation: 0 })
    this.context.out({ do: 'answer', channel: link.channel, sdp })
    return link
  }

  /** A socket that said this hello to the bot's lobby, in answer to `nonce`. */
  adopt(channel: ChannelId, nonce: Uint8Array, bytes: Uint8Array): void {
    const frame = decodeFrame(bytes)?.frame
    if (frame?.type !== 'hello')
      return this.context.out({ do: 'close', channel, code: peerCloseCodes.garbage })
    const { name, url } = frame.hello
    const link = this.add(
      { kind: 'websocket', role: 'acceptor', name, url, peer: undefined, invitation: 0 },
      channel,
    )
    link.state = 'greeting'
    this.nonces.set(channel, nonce)
    this.check(link, frame.hello, frame.hello.key === '' && url !== this.context.url)
  }

  opened(link: Link): void {
    link.state = 'greeting'
    if (link.kind === 'datachannel') this.greet(link, NOTHING)
  }

  /** A frame on a link that is not proven yet. */
  greeted(link: Link, bytes: Uint8Array): void {
    const frame = bytes.length <= limits.hello ? decodeFrame(bytes)?.frame : undefined
    const isFirst = !this.nonces.has(link.channel)
    if (frame?.type === 'challenge' && isFirst && frame.version === limits.PROTOCOL_VERSION)
      this.greet(link, frame.nonce)
    else if (frame?.type === 'hello' && !isFirst) this.check(link, frame.hello, false)
    else this.drop(link, peerCloseCodes.garbage, describe(frame))
  }

  /** The transport is gone. */
  closed(link: Link, code: number, reason: string): void {
    this.remove(link)
    if (link.state === 'proven') this.report({ fact: 'lost', link, code, reason })
    else if (link.state !== 'parting') this.report({ fact: 'failed', link, code, reason })
  }

  drop(link: Link, code: number, reason: string): void {
    this.context.out({ do: 'close', channel: link.channel, code, reason })
    this.closed(link, code, reason)
  }

  dropAll(code: number, reason: string): void {
    for (const link of this.links.values())
      this.context.out({ do: 'close', channel: link.channel, code, reason })
    this.links.clear()
    this.inUse.clear()
    this.nonces.clear()
    this.keys.clear()
  }

  /** Its member said goodbye: it closes the link itself when all that it passes on through me is said. */
  part(link: Link): void {
    link.state = 'parting'
    link.deadline = this.context.now + limits.farewell
    if (link.peer && this.inUse.get(link.peer.id) === link) this.inUse.delete(link.peer.id)
  }

  /** Ends the dials and farewells that took too long. */
  expire(): void {
    for (const link of [...this.links.values()])
      if (link.state !== 'proven' && link.deadline <= this.context.now)
        this.drop(link, peerCloseCodes.tooSlow, 'it took too long')
  }

  private add(
    fields: Pick<Link, 'kind' | 'role' | 'name' | 'url' | 'peer' | 'invitation'>,
    channel = this.context.newChannel(),
  ): Link {
    const link = newLink({ ...fields, channel, deadline: dialDeadline(fields.kind, this.context.now) })
    this.links.set(channel, link)
    return link
  }

  private remove(link: Link): void {
    this.links.delete(link.channel)
    this.nonces.delete(link.channel)
    this.keys.delete(link.channel)
    if (link.peer && this.inUse.get(link.peer.id) === link) this.inUse.delete(link.peer.id)
  }

  private nextName(): LinkName {
    return { dialer: this.context.me.id, attempt: ++this.dials }
  }

  private greet(link: Link, theirNonce: Uint8Array): void {
    const nonce = this.context.random(16)
    this.nonces.set(link.channel, nonce)
    link.held = this.heldWith(link)
    link.tag = link.peer ? this.context.tagFor(link.peer) : 0
    const key = this.keys.get(link.channel) ?? ''
    const hello = makeHello(this.context.me, link, nonce, theirNonce, key)
    this.context.out({ do: 'send', channel: link.channel, bytes: encodeFrame({ type: 'hello', hello }) })
  }

  private heldWith(link: Link): LinkName[] {
    const held: LinkName[] = []
    for (const other of this.links.values())
      if (other !== link && link.peer && other.peer?.id === link.peer.id && isHeld(other))
        held.push(other.name)
    return held.slice(-8)
  }

  private check(link: Link, hello: Hello, isMisdirected: boolean): void {
    const { me } = this.context
    const nonce = link.kind === 'datachannel' ? NOTHING : (this.nonces.get(link.channel) ?? NOTHING)
    const refusal = isMisdirected ? 'dialed at another address' : whyRefused(me, link, hello, nonce)
    if (refusal !== undefined) return this.drop(link, peerCloseCodes.refused, refusal)
    if (hello.id === me.id && hello.incarnation === me.incarnation)
      return this.drop(link, peerCloseCodes.uninvited, 'nobody can invite itself')
    const inUse = this.inUse.get(hello.id)
    if (hello.id === me.id || (inUse && inUse.peer?.incarnation !== hello.incarnation))
      return this.drop(link, peerCloseCodes.idTaken, 'its id belongs to another member')
    link.peer = { id: hello.id, incarnation: hello.incarnation }
    if (link.role === 'acceptor' && link.kind === 'websocket') this.greet(link, hello.nonce)
    link.theirHeld = hello.held
    link.theirTag = hello.tag
    link.state = 'proven'
    link.provenAt = this.context.now
    this.nonces.delete(link.channel)
    this.keys.delete(link.channel)
    this.settle(link, inUse, hello.key !== '')
  }

  /** Of two links to one member the same one stays on both sides: one that the other does not hold goes, else the lower name. */
  private settle(link: Link, old: Link | undefined, isInvited: boolean): void {
    const bothHoldBoth = isInvited || (old && (holds(old, link) || holds(link, old)))
    const keepsOld = old && !old.suspended && bothHoldBoth && outranks(old.name, link.name)
    if (link.peer && !keepsOld) this.inUse.set(link.peer.id, link)
    this.report({ fact: 'proven', link })
    const loser = keepsOld ? link : old
    if (!loser) return
    this.context.out({
      do: 'close',
      channel: loser.channel,
      code: peerCloseCodes.double,
      reason: 'one link is enough',
    })
    this.remove(loser)
  }
}

/** One that has been silent for long is not worth keeping. */
const isHeld = ({ state, suspended }: Link): boolean => state !== 'dialing' && !suspended

/** The other side held `b` when it said hello on `a`. */
function holds(a: Link, b: Link): boolean {
  return a.theirHeld.some((name) => sameName(name, b.name))
}

function describe(frame: Frame | undefined): string {
  return frame ? `an unexpected ${frame.type}` : 'bytes that make no sense'
}
