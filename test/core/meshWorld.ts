// The transports between the members of meshStage.ts: WebSockets to those who listen, data channels by offer and answer.
// Keeps the contract of io: nothing is reported of a channel after its end, and what is sent on one comes in order.
import assert from 'node:assert/strict'
import type { ChannelId, Input } from '../../src/core/contract.js'
import type { Member, MeshStage, Works } from './meshStage.js'

/** One member's end of a transport. */
interface End {
  readonly member: Member
  readonly channel: ChannelId
  state: 'new' | 'open' | 'over'
  other: End | undefined
}

const laneOf = ({ member, channel }: End): string => `to ${member.id} on ${channel}`
const idIn = (url: string): number => Number(/^ws:\/\/m(\d+)\/$/.exec(url)?.[1])

export class World {
  private readonly ends = new Map<string, End>()
  private readonly mute = new Set<End>()
  private accepted = 0

  constructor(
    private readonly stage: MeshStage,
    private readonly works: Works,
  ) {}

  /** Transports between these two that both ends hold. */
  linksBetween(a: number, b: number): number {
    const isOpen = (end: End) => end.state === 'open' && end.other?.state === 'open'
    return [...this.ends.values()].filter(
      (end) => end.member.id === a && end.other?.member.id === b && isOpen(end),
    ).length
  }

  /** Ends that are neither open nor over. */
  get dialing(): readonly string[] {
    return [...this.ends.values()].filter(({ state }) => state === 'new').map(laneOf)
  }

  /** All transports between these two break, with what is underway on them. `only`: the other one has not heard of it yet. */
  cut(a: number, b: number, only?: number): void {
    for (const end of this.ends.values()) {
      const pair = [end.member.id, end.other?.member.id]
      if (end.state === 'over' || !pair.includes(a) || !pair.includes(b)) continue
      this.stage.clear(laneOf(end))
      if (only === undefined || only === end.member.id) this.break(end, 1006, 'cut')
    }
  }

  /** The transports between these two stay open, and nothing comes over them any more. */
  silence(a: number, b: number): void {
    for (const end of this.ends.values()) {
      const pair = [end.member.id, end.other?.member.id]
      if (!pair.includes(a) || !pair.includes(b)) continue
      this.mute.add(end)
      this.stage.clear(laneOf(end))
    }
  }

  /** This member hears of the transports whose other ends are over. */
  hangUp(id: number): void {
    for (const end of this.ends.values())
      if (end.member.id === id && end.state === 'open' && end.other?.state === 'over')
        this.break(end, 1006, 'cut')
  }

  dial(member: Member, channel: ChannelId, url: string): void {
    const end = this.add(member, channel)
    const server = this.stage.member(idIn(url))
    if (!this.works(member.id, server.id, 'websocket')) return this.break(end, 1006, 'cannot connect')
    const other = this.add(server, --this.accepted)
    this.join(end, other)
    this.stage.put(laneOf(other), () => {
      other.state = 'open'
      server.lobbyHears({ on: 'accepted', channel: other.channel, path: '/', address: '' })
    })
    this.opens(end)
  }

  offer(member: Member, channel: ChannelId): void {
    this.report(this.add(member, channel), { on: 'described', channel, sdp: `${member.id} ${channel}` })
  }

  answer(member: Member, channel: ChannelId, sdp: string): void {
    const end = this.add(member, channel)
    const offerer = this.ends.get(sdp)
    assert.ok(offerer, 'an offer that nobody made')
    if (offerer.state === 'new' && !offerer.other) this.join(end, offerer)
    this.report(end, { on: 'described', channel, sdp: `${member.id} ${channel}` })
  }

  settle(member: Member, channel: ChannelId, sdp: string): void {
    const end = this.endOf(member, channel)
    const answerer = this.ends.get(sdp)
    assert.ok(answerer, 'an answer that nobody gave')
    if (!end || end.other !== answerer || answerer.state === 'over') return
    if (this.works(member.id, answerer.member.id, 'rtc'))
      return [end, answerer].forEach((one) => this.opens(one))
    for (const one of [end, answerer]) this.break(one, 0, 'no path')
  }

  send(member: Member, channel: ChannelId, bytes: Uint8Array): void {
    const other = this.endOf(member, channel)?.other
    if (other && other.state !== 'over' && !this.mute.has(other))
      this.report(other, { on: 'received', channel: other.channel, bytes })
  }

  close(member: Member, channel: ChannelId, code: number, reason: string): void {
    const end = this.endOf(member, channel)
    if (!end) return
    end.state = 'over'
    this.stage.clear(laneOf(end))
    if (end.other && end.other.state !== 'over') this.break(end.other, code, reason)
  }

  private add(member: Member, channel: ChannelId): End {
    const end: End = { member, channel, state: 'new', other: undefined }
    this.ends.set(`${member.id} ${channel}`, end)
    return end
  }

  private endOf(member: Member, channel: ChannelId): End | undefined {
    const end = this.ends.get(`${member.id} ${channel}`)
    return end?.state === 'over' ? undefined : end
  }

  private join(a: End, b: End): void {
    a.other = b
    b.other = a
  }

  private opens(end: End): void {
    this.stage.put(laneOf(end), () => {
      end.state = 'open'
      end.member.act(() => end.member.mesh.handle({ on: 'opened', channel: end.channel }))
    })
  }

  private break(end: End, code: number, reason: string): void {
    this.stage.put(laneOf(end), () => this.over(end, code, reason))
  }

  private over(end: End, code: number, reason: string): void {
    end.state = 'over'
    this.tell(end, { on: 'closed', channel: end.channel, code, reason })
  }

  private report(end: End, input: Input): void {
    this.stage.put(laneOf(end), () => this.tell(end, input))
  }

  /** A socket that was accepted is the lobby's until its hello, then the mesh's. */
  private tell({ member, channel }: End, input: Input): void {
    if (member.mesh.owns(channel)) member.act(() => member.mesh.handle(input))
    else member.lobbyHears(input)
  }
}
