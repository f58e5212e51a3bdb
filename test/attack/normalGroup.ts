// The group of five that must notice nothing: three members stay and talk all the time, two come and go. It measures how
// long that takes, and fails when a message is missing.
import { setTimeout as sleep } from 'node:timers/promises'
import { WebGroup, WebGroupState } from '../../src/index.node.js'
import { Recorder, type Recording } from './recording.js'

export const KEY = 'the key of a normal group'
/** At most. */
export const MEMBERS = 5
const TALK_EVERY = 40
/** What takes longer has failed. */
const DEADLINE = 20_000

export interface Noticed {
  readonly joins: number
  /** Milliseconds. */
  readonly slowestJoin: number
  readonly messages: number
  readonly slowestMessage: number
}

export class NormalGroup {
  private readonly stayers: WebGroup[] = []
  /** Waits for these to be heard: by what was said, the members that have not heard it. */
  private readonly unheard = new Map<string, { readonly by: Set<WebGroup>; readonly since: number }>()
  private joins: number[] = []
  private messages: number[] = []
  private said = 0
  private isOver = false
  private failure: unknown
  private readonly works: Promise<void>[] = []

  private readonly recorder: Recorder

  private constructor(private readonly url: string) {
    this.recorder = new Recorder(url)
  }

  static async start(url: string): Promise<NormalGroup> {
    const group = new NormalGroup(url)
    for (let i = 0; i < 3; i++) {
      // What one of them says to Sigver is written down.
      const member = group.member(i === 0 ? await group.recorder.listens() : url)
      await member.join(KEY)
      group.stayers.push(member)
    }
    await group.until(() => group.stayers.every(({ members }) => members.length === 3), 'three to meet')
    const works = [() => group.talk(), () => group.comeAndGo(), () => group.comeAndGo()]
    for (const work of works) group.works.push(work().catch((error) => void (group.failure ??= error)))
    return group
  }

  /** Since it was last asked. Waits for a few joins that began in this time, and for all that was said. */
  async noticed(): Promise<Noticed> {
    const enough = this.joins.length + 2
    await this.until(() => this.joins.length >= enough, 'members to join')
    const { said } = this
    const isOld = (text: string) => Number(text.split(' ', 1)[0]) <= said
    await this.until(() => ![...this.unheard.keys()].some(isOld), 'messages to arrive')
    const { joins, messages } = this
    this.joins = []
    this.messages = []
    const most = (values: readonly number[]) => Math.round(values.reduce((a, b) => Math.max(a, b), 0))
    return {
      joins: joins.length,
      slowestJoin: most(joins),
      messages: messages.length,
      slowestMessage: most(messages),
    }
  }

  /** What one of its members has said to Sigver so far. */
  recording(): Recording {
    return this.recorder.recording
  }

  async end(): Promise<void> {
    this.isOver = true
    await Promise.all(this.works)
    for (const member of this.stayers) member.leave()
    this.recorder.end()
  }

  private member(url = this.url): WebGroup {
    const member = new WebGroup({ signalingServer: url, rtcConfiguration: { iceServers: [] } })
    member.onMessage = (_id, text) => this.hear(member, String(text))
    return member
  }

  private async talk(): Promise<void> {
    for (let turn = 0; !this.isOver; turn++) {
      const speaker = this.stayers[turn % this.stayers.length]
      if (speaker) this.say(speaker)
      await sleep(TALK_EVERY)
    }
  }

  private async comeAndGo(): Promise<void> {
    while (!this.isOver) {
      const member = this.member()
      const began = performance.now()
      const joined = member.join(KEY)
      const seesAll = () => {
        const ids = new Set(member.members)
        const isThere = this.stayers.every(({ myId }) => ids.has(myId))
        return isThere && this.stayers.every(({ members }) => members.includes(member.myId))
      }
      await this.until(
        () => member.state === WebGroupState.JOINED && seesAll(),
        'a newcomer to see the others',
      )
      await joined
      this.joins.push(performance.now() - began)
      const text = this.say(member)
      await this.until(() => !this.unheard.has(text), 'the word of a newcomer')
      member.leave()
      await sleep(20)
    }
  }

  /** Everyone who stays has to hear it. */
  private say(speaker: WebGroup): string {
    const text = `${++this.said} ${performance.now()}`
    const by = new Set(this.stayers.filter((member) => member !== speaker))
    this.unheard.set(text, { by, since: performance.now() })
    void speaker.send(text)
    return text
  }

  private hear(member: WebGroup, text: string): void {
    const message = this.unheard.get(text)
    if (!message?.by.delete(member)) return
    if (message.by.size > 0) return
    this.unheard.delete(text)
    this.messages.push(performance.now() - message.since)
  }

  private async until(isSo: () => boolean, what: string): Promise<void> {
    const end = performance.now() + DEADLINE
    while (!isSo()) {
      if (this.failure !== undefined) throw this.failure
      if (performance.now() > end) throw new Error(`the normal group waited in vain for ${what}`)
      await sleep(5)
    }
  }
}
