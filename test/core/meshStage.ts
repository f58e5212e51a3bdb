// Members without sockets: each a mesh and a lobby. What they ask of their io is done by a world in which everything that
// is underway waits until a test picks it: any order between transports, and one after the other on each of them.
import assert from 'node:assert/strict'
import type { Milliseconds, Output } from '../../src/core/contract.js'
import * as limits from '../../src/core/limits.js'
import type { Watch } from '../../src/core/liveness.js'
import { Lobby } from '../../src/core/lobby.js'
import { Mesh } from '../../src/core/mesh.js'
import type { MeshFact } from '../../src/core/meshFacts.js'
import { deriveSecrets } from '../../src/core/secrets.js'
import { World } from './meshWorld.js'

export type Kind = 'websocket' | 'rtc'

export interface MemberOptions {
  readonly listens: boolean
  readonly rtc: boolean
}

const secrets = deriveSecrets('the key')

export class Member {
  readonly mesh: Mesh
  readonly name: { readonly id: number; readonly incarnation: string }
  readonly listens: boolean
  readonly facts: MeshFact[] = []
  /** Whom the events have told of: always the same as the view. */
  readonly told = new Set<number>()
  readonly timers = new Map<string, Milliseconds>()
  /** How often it has dialed, by kind. */
  readonly tries: Record<Kind, number> = { websocket: 0, rtc: 0 }
  /** Those of the other side that it was told to use. */
  readonly candidates: string[] = []
  /** What its connection with Sigver tells it. */
  watch: Watch = 'watching'
  private readonly lobby: Lobby
  private seed: number

  constructor(
    private readonly stage: MeshStage,
    readonly id: number,
    { listens, rtc }: MemberOptions,
  ) {
    this.listens = listens
    this.seed = id * 7919
    const random = (count: number) => this.random(count)
    const incarnation = id.toString(16).padStart(16, '0')
    this.name = { id, incarnation }
    this.lobby = new Lobby(random)
    const base = {
      get now() {
        return stage.now
      },
      random,
      out: (output: Output) => this.perform(output),
    }
    let channels = 0
    this.mesh = new Mesh(base, {
      me: { id, incarnation, secrets },
      capabilities: { webSocket: true, rtc },
      url: listens ? urlOf(id) : '',
      maxMessageSize: limits.messageSize,
      life: 1,
      newChannel: () => ++channels,
    })
  }

  get view(): readonly number[] {
    return this.mesh.view.members.map(({ id }) => id)
  }

  introduce(other: Member): void {
    this.act(() => this.mesh.introduce(other.name, [], other.listens ? [other.id] : []))
  }

  /** Something happens to this member; then what it reports is taken. */
  act(happening: () => void): void {
    happening()
    for (const fact of this.mesh.take()) this.note(fact)
    assert.deepEqual([...this.told].sort(), [...this.view].sort(), 'events and view differ')
  }

  /** What io of Bot and WebGroup would hand to the one or the other. */
  lobbyHears(input: Parameters<Lobby['handle']>[0]): void {
    for (const output of this.lobby.handle(input, this.stage.now)) this.perform(output)
  }

  fire(timer: string): void {
    this.timers.delete(timer)
    const [name = '', number] = timer.split('/')
    if (name === 'handshake') this.lobbyHears({ on: 'timer', timer: `handshake/${Number(number)}` })
    else this.act(() => this.mesh.timer(name as 'tick', this.watch))
  }

  private note(fact: MeshFact): void {
    this.facts.push(fact)
    if (fact.fact === 'join') this.told.add(fact.id)
    if (fact.fact === 'leave') this.told.delete(fact.id)
    if (fact.fact === 'relay') this.stage.relay(this, fact.peer.id, fact.payload)
  }

  private perform(output: Output): void {
    const { world } = this.stage
    switch (output.do) {
      case 'dial':
        this.tries.websocket += 1
        return world.dial(this, output.channel, output.url)
      case 'offer':
        this.tries.rtc += 1
        return world.offer(this, output.channel)
      case 'answer':
        return world.answer(this, output.channel, output.sdp)
      case 'settle':
        return world.settle(this, output.channel, output.sdp)
      case 'candidates':
        return void this.candidates.push(...output.candidates)
      case 'send':
        return world.send(this, output.channel, output.bytes)
      case 'close':
        return world.close(this, output.channel, output.code ?? 1005, output.reason ?? '')
      case 'hand-over':
        return this.act(() => this.mesh.adopt(output.channel, output.nonce, output.hello))
      case 'turn':
        return this.stage.put(`turn ${this.id}`, () => this.act(() => this.mesh.handle({ on: 'turn' })))
      case 'timer':
        if (output.at === undefined) this.timers.delete(output.timer)
        else this.timers.set(output.timer, output.at)
    }
  }

  private random(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => {
      this.seed = (Math.imul(this.seed, 1103515245) + 12345) >>> 0
      return this.seed >>> 24
    })
  }
}

const urlOf = (id: number): string => `ws://m${id}/`

/** `works`: whether an attempt of this kind, dialed by the first, comes to something. */
export type Works = (dialer: number, other: number, kind: Kind) => boolean

export class MeshStage {
  now: Milliseconds = 1
  readonly members: readonly Member[]
  readonly world: World
  /** What is underway, by where it goes; each in order. */
  private readonly lanes = new Map<string, (() => void)[]>()

  constructor(options: readonly MemberOptions[], works: Works) {
    this.world = new World(this, works)
    this.members = options.map((one, i) => new Member(this, i + 1, one))
  }

  member(id: number): Member {
    const member = this.members[id - 1]
    assert.ok(member, `no member ${id}`)
    return member
  }

  put(lane: string, happening: () => void): void {
    const known = this.lanes.get(lane)
    if (known) known.push(happening)
    else this.lanes.set(lane, [happening])
  }

  /** Nothing of this comes any more. */
  clear(lane: string): void {
    this.lanes.delete(lane)
  }

  /** Sigver passes it on. */
  relay(from: Member, to: number, payload: Uint8Array): void {
    const member = this.member(to)
    this.put(`sigver ${from.id} ${to}`, () => member.act(() => member.mesh.relayed(from.id, payload)))
  }

  /** One thing that is underway arrives. False if there is none. */
  step(choice: number): boolean {
    const [lane] = this.pick(choice, '')
    lane?.()
    return lane !== undefined
  }

  /** The first thing that is underway to this member arrives. */
  stepTo(id: number): void {
    for (const happening of this.pick(0, `to ${id} `)) happening()
  }

  /** One thing that is on its way through Sigver is lost. */
  lose(choice: number): void {
    this.pick(choice, 'sigver')
  }

  /** One thing that is on its way through Sigver comes a second time, later. */
  repeat(choice: number): void {
    const names = [...this.lanes.keys()].filter((name) => name.startsWith('sigver'))
    const lane = this.lanes.get(names[choice % Math.max(1, names.length)] ?? '')
    lane?.push(...lane.slice(0, 1))
  }

  /** Takes the first from one of the lanes whose names begin so. */
  private pick(choice: number, prefix: string): (() => void)[] {
    const names = [...this.lanes.keys()].filter((name) => name.startsWith(prefix))
    const name = names[choice % Math.max(1, names.length)] ?? ''
    const lane = this.lanes.get(name)
    const taken = lane?.splice(0, 1) ?? []
    if (lane?.length === 0) this.lanes.delete(name)
    return taken
  }

  /** Time passes, and nothing arrives. */
  pass(milliseconds: Milliseconds): void {
    const end = this.now + milliseconds
    while (this.fireNext(end)) continue
    this.now = end
  }

  /** Time passes, and everything arrives at once. */
  settle(milliseconds: Milliseconds): void {
    const end = this.now + milliseconds
    do while (this.step(0)) continue
    while (this.fireNext(end))
    this.now = end
  }

  private fireNext(end: Milliseconds): boolean {
    let first: { readonly member: Member; readonly timer: string; readonly at: Milliseconds } | undefined
    for (const member of this.members)
      for (const [timer, at] of member.timers) if (at <= (first?.at ?? end)) first ??= { member, timer, at }
    for (const member of this.members)
      for (const [timer, at] of member.timers) if (first && at < first.at) first = { member, timer, at }
    if (!first) return false
    this.now = Math.max(this.now, first.at)
    first.member.fire(first.timer)
    return true
  }
}

/** So many members, each linked with each by a data channel. */
export function allLinked(count: 2 | 3): {
  readonly stage: MeshStage
  readonly one: Member
  readonly two: Member
} {
  const options = Array.from({ length: count }, () => ({ listens: false, rtc: true }))
  const stage = new MeshStage(options, () => true)
  const [one, two] = [stage.member(1), stage.member(2)]
  for (let id = 2; id <= count; id++) one.introduce(stage.member(id))
  stage.settle(3_000)
  for (const { mesh } of stage.members) assert.equal(mesh.view.neighbors.length, count - 1)
  return { stage, one, two }
}
