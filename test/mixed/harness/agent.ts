// One WebGroup and everything that it told, in order. The same code runs in pages and in Node; tests reach it
// through a Member. It checks at every event what must hold whatever a test is about.
import { SignalingState, WebGroupState } from '#netflux'
import type { BaseWebGroup } from '../../../src/WebGroup.js'
import { digest, type Digest, make, type Payload } from './payload.js'

export type LinkKind = 'websocket' | 'datachannel' | 'relayed'

/** All of it shall hold. */
export interface Wish {
  readonly state?: keyof typeof WebGroupState
  readonly signaling?: keyof typeof SignalingState
  /** These and nobody else are in view, me included. */
  readonly members?: readonly number[]
  /** So many are in view, me included. */
  readonly size?: number
  /** So many are linked with me directly. */
  readonly direct?: number
  /** So many messages arrived. */
  readonly received?: number
  readonly error?: string
}

export interface Happening {
  /** Milliseconds since 1970: comparable between the processes of one machine. */
  readonly at: number
  readonly what: 'state' | 'signaling' | 'join' | 'leave' | 'error' | 'message' | 'direct'
  readonly value: string | number
}

export class Agent {
  readonly history: Happening[] = []
  /** What must never happen. */
  readonly violations: string[] = []
  private readonly digests = new Map<number, Digest>()
  private receivedCount = 0
  private readonly waiting = new Set<() => void>()
  private direct = 0
  private state = WebGroupState.LEFT
  /** As joins and leaves tell it. */
  private readonly view = new Set<number>()

  /** `end` leaves wholly; without it whoever made the group sees to that. */
  constructor(
    private readonly group: BaseWebGroup,
    readonly end: () => Promise<void> = async () => group.leave(),
  ) {
    group.onStateChange = (state) => this.changed(state)
    group.onSignalingStateChange = (state) => this.note('signaling', SignalingState[state])
    group.onMemberJoin = (id) => this.joined(id)
    group.onMemberLeave = (id) => this.left(id)
    group.onMessage = (id, data) => this.received(id, data)
    group.onError = ({ code, message }) => this.note('error', `${code}: ${message}`)
  }

  // ---- what tests do

  join(key: string): Promise<void> {
    return this.group.join(key)
  }

  leave(): void {
    this.group.leave()
  }

  /** What React's StrictMode does with an effect: all in one turn. */
  joinLeaveJoin(key: string): Promise<void> {
    void this.group.join(key)
    this.group.leave()
    return this.group.join(key)
  }

  invite(url: string): Promise<number> {
    return this.group.invite(url)
  }

  /** Sends them in one loop, to everyone or to one. */
  send(payloads: readonly Payload[], to?: number): void {
    for (const payload of payloads)
      if (to === undefined) void this.group.send(make(payload))
      else void this.group.sendTo(to, make(payload))
  }

  // ---- what tests look at

  id(): number {
    return this.group.myId
  }

  members(): number[] {
    return [...this.group.members].sort((a, b) => a - b)
  }

  /** How everyone else is reached. */
  links(): Record<number, LinkKind | 'none'> {
    const others = this.group.members.filter((id) => id !== this.group.myId)
    return Object.fromEntries(others.map((id) => [id, this.group.link(id)?.kind ?? 'none']))
  }

  /** Everything that came from this member. */
  digest(from: number): Digest {
    return this.digests.get(from) ?? { count: 0, hash: '' }
  }

  happened(): readonly Happening[] {
    return this.history
  }

  /** What must not have happened. */
  broken(): readonly string[] {
    return this.violations
  }

  /** Resolves with '' when all of the wish holds, or after so many milliseconds with what holds instead. */
  until(wish: Wish, patience: number): Promise<string> {
    return new Promise((resolve) => {
      const end = performance.now() + patience
      const look = () => {
        const missing = this.missing(wish)
        if (missing === '') done('')
        else if (performance.now() > end) done(`${missing}; ${this.story()}`)
      }
      const done = (complaint: string) => {
        this.waiting.delete(look)
        clearInterval(poll)
        resolve(complaint)
      }
      // Events tell of most things at once; how a member is linked is not told by any.
      const poll = setInterval(look, 10)
      this.waiting.add(look)
      look()
    })
  }

  // ---- inside

  private missing(wish: Wish): string {
    const { state, signaling, members, size, direct, received, error } = wish
    const wants = (name: string, wanted: unknown, found: unknown) =>
      wanted === undefined || String(wanted) === String(found) ? '' : `${name} is ${found}, not ${wanted}`
    const sorted = members && [...members].sort((a, b) => a - b)
    return [
      wants('state', state, WebGroupState[this.group.state]),
      wants('signaling', signaling, SignalingState[this.group.signalingState]),
      wants('members', sorted, this.members()),
      wants('the number of members', size, this.group.members.length),
      wants('the number of direct links', direct, this.countDirect()),
      wants('the number of messages', received, this.receivedCount),
      error === undefined ||
      this.history.some(({ what, value }) => what === 'error' && String(value).startsWith(error))
        ? ''
        : `there was no ${error}`,
    ]
      .filter((text) => text !== '')
      .join(', ')
  }

  private countDirect(): number {
    const count = Object.values(this.links()).filter((kind) => kind !== 'relayed' && kind !== 'none').length
    if (count !== this.direct) this.history.push({ at: now(), what: 'direct', value: count })
    this.direct = count
    return count
  }

  /** For the message of a failure. */
  private story(): string {
    const events = this.history
      .slice(-40)
      .map(({ at, what, value }) => `${Math.round(at) % 1_000_000} ${what} ${value}`)
    return `member ${this.group.myId} in ${WebGroupState[this.group.state]}: ${events.join(', ')}; links ${JSON.stringify(this.links())}`
  }

  private changed(state: WebGroupState): void {
    if (state === this.state) this.violations.push(`state ${WebGroupState[state]} was told twice`)
    if (state === WebGroupState.LEFT) this.view.clear()
    this.state = state
    this.note('state', WebGroupState[state])
  }

  private joined(id: number): void {
    if (id === this.group.myId) this.violations.push('I joined my own group')
    if (this.view.has(id)) this.violations.push(`${id} joined twice`)
    this.view.add(id)
    this.note('join', id)
  }

  private left(id: number): void {
    if (!this.view.delete(id)) this.violations.push(`${id} left without having joined`)
    this.note('leave', id)
  }

  private received(id: number, data: string | Uint8Array): void {
    if (!this.view.has(id)) this.violations.push(`a message from ${id}, who is not in view`)
    if (this.group.state !== WebGroupState.JOINED) this.violations.push('a message outside JOINED')
    this.digests.set(id, digest(this.digest(id), data))
    this.receivedCount += 1
    // Ten thousand messages are no story.
    if (this.receivedCount <= 20) this.note('message', id)
    else this.look()
  }

  private note(what: Happening['what'], value: string | number): void {
    this.history.push({ at: now(), what, value })
    this.look()
  }

  private look(): void {
    for (const look of [...this.waiting]) look()
  }
}

const now = (): number => performance.timeOrigin + performance.now()
