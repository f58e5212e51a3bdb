// One life in a group: from an id to a goodbye. Routes inputs to links, dialing, announcing, traffic and liveness,
// and turns what they report into facts for group.ts. Nothing is called back: facts are queued and taken.
import { Announcing } from './announcing.js'
import {
  type Capabilities,
  type ChannelId,
  type Context,
  type Data,
  type Input,
  type MemberId,
  type MeshTimer,
  type Milliseconds,
  NO_ANSWER,
} from './contract.js'
import { Dialing, type DialingFact } from './dialing.js'
import { type FaultCode, NetfluxError } from './errors.js'
import { Graph } from './graph.js'
import * as limits from './limits.js'
import type { Link, PeerName, Self } from './link.js'
import { type LinkContext, type LinkFact, Links } from './links.js'
import { Liveness, type Watch } from './liveness.js'
import type { MeshFact } from './meshFacts.js'
import { Paths } from './paths.js'
import { peerCloseCodes } from './peerCloseCodes.js'
import { meansGarbage } from './standardCloseCodes.js'
import { type Ending, Traffic, type TrafficFact } from './traffic.js'
import { View } from './view.js'
import { decodeFrame, type Envelope } from './wire.js'

const FULL: FaultCode = 'TOO_MANY_CONNECTIONS'

export interface MeshOptions {
  readonly me: Self
  readonly capabilities: Capabilities
  readonly url: string
  readonly maxMessageSize: number
  /** Counts the lives of one group: names its timers. */
  readonly life: number
  newChannel(): ChannelId
}

export class Mesh {
  readonly me: Self
  readonly view: View
  private readonly links: Links
  private readonly graph: Graph
  private readonly paths: Paths
  private readonly traffic: Traffic
  private readonly liveness: Liveness
  private readonly dialing: Dialing
  private readonly announcing: Announcing
  private facts: MeshFact[] = []
  private isTicking = false
  private isTopologyNew = false
  private isLeaving = false
  private isReleased = false
  /** Members that were ever in touch: sending to them is no misuse. */
  private readonly met = new Set<MemberId>()

  constructor(
    private readonly base: Context,
    private readonly options: MeshOptions,
  ) {
    this.me = options.me
    const context: LinkContext = {
      get now() {
        return base.now
      },
      random: (bytes) => base.random(bytes),
      out: (output) => base.out(output),
      newChannel: () => options.newChannel(),
      tagFor: (peer) => this.traffic.tagFor(peer),
      me: options.me,
      capabilities: options.capabilities,
      url: options.url,
    }
    this.links = new Links(context, (fact) => this.onLinkFact(fact))
    this.graph = new Graph(this.me.id)
    this.paths = new Paths(context, this.links, this.graph)
    const askForAck = () => this.setTimer('ack', base.now + limits.ackDelay)
    this.traffic = new Traffic(context, this.paths, options.maxMessageSize, askForAck, (fact) =>
      this.onTrafficFact(fact),
    )
    this.view = new View(this.links, this.graph, this.paths, this.traffic)
    this.liveness = new Liveness(context, this.links, this.paths, this.traffic)
    this.dialing = new Dialing(context, this.links, this.graph, this.paths, (fact) =>
      this.onDialingFact(fact),
    )
    this.announcing = new Announcing(context, this.links, this.graph, this.paths, (at) =>
      this.setTimer('announce', at),
    )
  }

  /** What happened since the last time, in order. */
  take(): readonly MeshFact[] {
    const facts = this.facts
    if (facts.length > 0) this.facts = []
    return facts
  }

  // ---- what the group asks

  hasMet(id: MemberId): boolean {
    return this.met.has(id)
  }

  owns(channel: ChannelId): boolean {
    return this.links.get(channel) !== undefined
  }

  /** Take nothing more for now; the others send it again. */
  set isRefusing(refusing: boolean) {
    this.traffic.isRefusing = refusing
  }

  // ---- what the group tells

  /** Sigver introduced this member to me; the `others` are connected with it. Those who are `favored` may listen. */
  introduce(peer: PeerName, others: readonly PeerName[] = [], favored: readonly MemberId[] = []): void {
    const link = this.links.to(peer.id)
    // Sigver would not do it if that member said that it is linked with me: the link may be dead without a word.
    if (link && this.view.isLinked(peer)) this.liveness.doubt(link)
    else this.dialing.introduce(peer, others, favored)
    this.tickSoon()
  }

  /** A payload that came through Sigver. */
  relayed(from: MemberId, payload: Uint8Array): void {
    if (!this.isLeaving) this.dialing.onSignal(from, payload, 'sigver')
    this.tickSoon()
  }

  /** Sigver saw the sockets of these close. Only neighbours are probed: the others will hear it from theirs. */
  hint(peers: readonly PeerName[]): void {
    for (const peer of peers) {
      const wasNeighbor = this.links.to(peer.id) || this.traffic.sessions.get(peer.id)?.signs.has('closed')
      if (wasNeighbor && this.traffic.isLive(peer)) this.liveness.suspect(peer.id, 'hinted')
    }
  }

  networkChanged(): void {
    this.dialing.forgetPauses()
  }

  invite(url: string, key: string, invitation: number): void {
    this.links.invite(url, key, invitation)
    this.tickSoon()
  }

  adopt(channel: ChannelId, nonce: Uint8Array, hello: Uint8Array): void {
    this.links.adopt(channel, nonce, hello)
    this.changed()
  }

  send(data: Data, to: MemberId | undefined, ordered: boolean): void {
    this.traffic.outbox.send(data, to, ordered)
  }

  /** Says goodbye; `released` follows when everyone has everything, or in limits.farewell. */
  leave(): void {
    this.isLeaving = true
    this.dialing.stop()
    this.traffic.leave()
    this.setTimer('farewell', this.base.now + limits.farewell)
    this.changed()
  }

  /** The page goes away: goodbyes go out as far as the transports take them now. */
  vanish(): void {
    this.isLeaving = true
    this.traffic.leave()
    this.release()
  }

  // ---- inputs

  handle(input: Input): void {
    switch (input.on) {
      case 'turn':
        this.traffic.outbox.turnEnded()
        break
      case 'opened':
      case 'received':
      case 'closed':
      case 'described':
      case 'candidates':
      case 'drained':
        this.onChannel(input)
    }
    this.changed()
  }

  timer(name: MeshTimer, watch: Watch): void {
    switch (name) {
      case 'tick':
        this.isTicking = false
        this.tick(watch)
        break
      case 'ack':
        this.traffic.ackDue()
        break
      case 'announce':
        if (this.announcing.flush() && this.paths.review()) this.topologyChanged()
        break
      case 'farewell':
        this.release()
    }
    this.changed()
  }

  private onChannel(input: Extract<Input, { channel: ChannelId }>): void {
    const link = this.links.get(input.channel)
    if (!link) return
    switch (input.on) {
      case 'opened':
        return this.links.opened(link)
      case 'received':
        return isProven(link) ? this.receive(link, input.bytes) : this.links.greeted(link, input.bytes)
      case 'closed':
        return this.links.closed(link, input.code, input.reason)
      case 'described':
        return this.dialing.described(link, input.sdp)
      case 'candidates':
        return this.dialing.candidates(link, input.candidates)
      case 'drained':
        link.queued = input.queued
        return this.traffic.outbox.pump(link)
    }
  }

  private receive(link: Link, bytes: Uint8Array): void {
    link.pingSince = undefined
    link.isDoubted = false
    if (link.suspended) {
      link.suspended = false
      this.topologyChanged()
    }
    const envelope = decodeFrame(bytes)
    if (!envelope || !link.peer) return this.garbage(link)
    if (envelope.from !== 0) this.paths.learn(envelope.from, link)
    else this.traffic.sessions.get(link.peer.id)?.heard(this.base.now)
    if (envelope.to !== 0 && envelope.to !== this.me.id) this.paths.forward(envelope, link)
    else if (envelope.from !== this.me.id) this.dispatch(envelope, envelope.from || link.peer.id, link)
  }

  private dispatch({ frame, payload, to }: Envelope, from: MemberId, link: Link): void {
    switch (frame.type) {
      case 'data':
        return this.traffic.onData(from, frame, payload)
      case 'ack':
        return this.traffic.onAck(from, frame)
      case 'open':
        if (!this.graph.hasDeparted(frame.incarnation)) this.traffic.onOpen(from, frame)
        return
      case 'reset':
        return this.traffic.onReset(from, frame.tag)
      case 'ping':
        return this.liveness.onPing(from, frame, link)
      case 'pong':
        return this.liveness.onPong(from, frame.number)
      case 'signal':
        if (!this.isLeaving) this.dialing.onSignal(from, payload, 'mesh')
        return
      case 'announcements':
        if (to === 0) this.onAnnouncements(frame.members, link)
        return
      case 'challenge':
      case 'hello':
        return this.garbage(link)
    }
  }

  private onAnnouncements(members: Parameters<Announcing['heard']>[1], link: Link): void {
    const { id, incarnation } = this.me
    const twin = members.find((member) => member.id === id && member.incarnation !== incarnation)
    if (twin && twin.incarnation < incarnation) this.facts.push({ fact: 'idTaken' })
    // Members are met at once; new edges between old ones are looked at when they are passed on.
    if (this.announcing.heard(link, members, (member) => this.traffic.isLive(member))) this.topologyChanged()
  }

  private garbage(link: Link): void {
    this.error('PEER_GARBAGE', 'it sent bytes that make no sense', link.peer?.id)
    this.links.drop(link, peerCloseCodes.garbage, 'bytes that make no sense')
  }

  private tick(watch: Watch): void {
    this.links.expire()
    this.graph.forget(this.base.now, (id) => this.paths.reaches(id))
    const avoided = this.liveness.tick(watch)
    if (avoided.length > 0) this.topologyChanged()
    for (const { peer, isDoubted } of avoided) if (peer && isDoubted) this.dialing.introduce(peer)
    this.traffic.tick(this.liveness.isCutOff)
    if (!this.isLeaving) {
      this.dialing.tick()
      this.meetAll()
    }
    if (this.liveness.isAsking) this.facts.push({ fact: 'asking' })
  }

  // ---- what the machines report

  private onLinkFact(fact: LinkFact): void {
    const { link } = fact
    this.dialing.onLink(fact)
    if (fact.fact === 'proven') return this.onProven(link)
    if (fact.fact === 'failed') return this.onFailed(link, fact.code, fact.reason)
    if (meansGarbage(fact.code)) this.error('PEER_GARBAGE', fact.reason, link.peer?.id)
    if (link.peer && !this.links.to(link.peer.id)) {
      this.announcing.lost(false)
      this.topologyChanged()
      // Who did not answer may be asleep: that is no sign of a death.
      if (fact.code !== NO_ANSWER) this.liveness.suspect(link.peer.id, 'closed')
    }
  }

  private onProven(link: Link): void {
    if (!link.peer) return
    if (this.links.to(link.peer.id) === link) this.announcing.welcome(link, link.peer)
    this.facts.push({ fact: 'linked', peer: link.peer, link })
    this.topologyChanged()
    this.traffic.greeted(link.peer, link.tag, link.theirTag)
  }

  private onFailed(link: Link, code: number, reason: string): void {
    if (code === peerCloseCodes.idTaken) this.facts.push({ fact: 'idTaken' })
    // io has no other way to say it than the reason of the closing, which begins with the code.
    if (reason.startsWith(FULL)) this.error(FULL, 'no peer connection is left in this process', link.peer?.id)
    if (code === peerCloseCodes.refused) this.error('PEER_REFUSED', reason, link.peer?.id)
    if (link.invitation === 0) return
    const isRefusal = code === peerCloseCodes.uninvited || code === peerCloseCodes.busy
    const error = isRefusal
      ? new NetfluxError('INVITE_REFUSED', `the bot at ${link.url} refused: ${reason}`)
      : new NetfluxError('INVITE_FAILED', `there is no bot at ${link.url}: ${reason}`)
    this.facts.push({ fact: 'inviteFailed', invitation: link.invitation, error })
  }

  private onTrafficFact(fact: TrafficFact): void {
    switch (fact.fact) {
      case 'opened':
        this.met.add(fact.peer.id)
        if (!this.isLeaving) this.facts.push({ fact: 'join', id: fact.peer.id })
        return
      case 'ended':
        return this.onEnded(fact.peer, fact.how)
      default:
        if (!this.isLeaving) this.facts.push(fact)
    }
  }

  private onEnded(peer: PeerName, how: Ending): void {
    const link = this.links.to(peer.id)
    if (!this.isLeaving) this.facts.push({ fact: 'leave', id: peer.id, how, wasAdjacent: link !== undefined })
    if (how === 'stalled') this.error('PEER_STALLED', 'it took nothing for 30 s', peer.id)
    if (how === 'garbage') this.error('PEER_GARBAGE', 'it sent bytes that make no sense', peer.id)
    if (link && how === 'goodbye') {
      this.announcing.lost(true)
      this.links.part(link)
      this.paths.learn(peer.id, link)
    }
    if (how === 'goodbye') this.graph.depart(peer.id, peer.incarnation, this.base.now)
    if (link && (how === 'silent' || how === 'garbage')) this.links.drop(link, peerCloseCodes.left, how)
    this.topologyChanged()
  }

  private onDialingFact(fact: DialingFact): void {
    if (fact.fact !== 'stranger') this.facts.push(fact)
    else this.error('PEER_REFUSED', 'it does not know the key', fact.id)
    if (fact.fact !== 'dialed' || fact.reason === undefined || fact.isIntroduced) return
    this.error('PEER_UNREACHABLE', `no direct link: ${fact.reason}`, fact.peer.id)
  }

  private error(code: FaultCode, message: string, id: MemberId | undefined): void {
    const who = id === undefined ? 'a peer' : `member ${id}`
    if (!this.isLeaving)
      this.facts.push({ fact: 'error', error: new NetfluxError(code, `${who}: ${message}`, id) })
  }

  // ---- inside

  private topologyChanged(): void {
    this.paths.invalidate()
    this.isTopologyNew = true
  }

  /** After each input, when every machine has settled. */
  private changed(): void {
    if (this.isReleased) return
    if (this.isTopologyNew) {
      this.isTopologyNew = false
      this.facts.push({ fact: 'paths' })
      this.traffic.outbox.reroute()
      if (!this.isLeaving) {
        this.dialing.seek()
        this.meetAll()
      }
    }
    if (this.isLeaving && this.traffic.isFinished) this.release()
    else this.tickSoon()
  }

  private meetAll(): void {
    for (const id of this.paths.reachable) {
      if (this.traffic.isOpen(id) || this.dialing.hasJustBegun(id)) continue
      const peer = this.links.to(id)?.peer ?? this.graph.get(id)
      if (peer && !this.graph.hasDeparted(peer.incarnation))
        this.traffic.meet({ id: peer.id, incarnation: peer.incarnation })
    }
  }

  private tickSoon(): void {
    if (this.isTicking || this.isReleased) return
    if (this.links.isEmpty && this.dialing.isIdle && this.traffic.sessions.size === 0) return
    this.isTicking = true
    this.setTimer('tick', this.base.now + limits.tick)
  }

  private release(): void {
    if (this.isReleased) return
    this.isReleased = true
    this.links.dropAll(peerCloseCodes.left, 'left the group')
    for (const name of ['tick', 'ack', 'announce', 'farewell'] as const) this.setTimer(name, undefined)
    this.facts.push({ fact: 'released' })
  }

  private setTimer(name: MeshTimer, at: Milliseconds | undefined): void {
    if (at === undefined || !this.isReleased)
      this.base.out({ do: 'timer', timer: `${name}/${this.options.life}`, at })
  }
}

function isProven(link: Link): boolean {
  return link.state === 'proven' || link.state === 'parting'
}
