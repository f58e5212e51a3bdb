// What the members of a group say to each other while faults go on, and whether all of it arrives: each thing once,
// unchanged, in order.
import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import type { Member } from '../../mixed/harness/member.js'
import { type Digest, digest, make, type Payload } from '../../mixed/harness/payload.js'
import { now } from './figures.js'

/** How often each of them says something. */
const EVERY = 250

/** What one heard, or shall hear, of another. */
interface Ear {
  readonly listener: Member
  readonly speaker: Member
  readonly speakerId: number
  readonly before: Digest
}

export class Talk {
  private readonly said = new Map<Member, Payload[]>()

  private constructor(private readonly ears: readonly Ear[]) {}

  /** From now on; what they said before is not looked at. */
  static async among(members: readonly Member[]): Promise<Talk> {
    const pairs = members.flatMap((listener) =>
      members.filter((speaker) => speaker !== listener).map((speaker) => ({ listener, speaker })),
    )
    const ears = pairs.map(async ({ listener, speaker }) => {
      const speakerId = await speaker.id()
      return { listener, speaker, speakerId, before: await listener.digest(speakerId) }
    })
    return new Talk(await Promise.all(ears))
  }

  /** These speak to everyone until the fault is over. */
  async during<Result>(speakers: readonly Member[], fault: Promise<Result>): Promise<Result> {
    let isOver = false
    const speak = async () => {
      while (!isOver) {
        await Promise.all(speakers.map((speaker) => this.speak(speaker)))
        await Promise.race([wait(EVERY), fault])
      }
    }
    const [, result] = await Promise.all([speak(), fault.finally(() => (isOver = true))])
    return result
  }

  /** Resolves when everybody has heard as much as was said until now; with the milliseconds that it took. */
  async caughtUp(patience = 20_000): Promise<number> {
    const began = now()
    const wanted = this.ears.map((ear) => ({
      ...ear,
      count: ear.before.count + this.wordsOf(ear.speaker).length,
    }))
    await Promise.all(
      wanted.map(async ({ listener, speaker, speakerId, count }) => {
        // Nothing tells a test of each message: it asks.
        for (let has = 0; has < count; has = (await listener.digest(speakerId)).count) {
          const what = `${listener.name} has ${has} of ${count} messages of ${speaker.name}`
          assert.ok(now() < began + patience, `${what} after ${patience} ms`)
          await wait(20)
        }
      }),
    )
    return now() - began
  }

  /** The same when nobody speaks any more; and it was exactly that, in order. */
  async allHeard(patience = 20_000): Promise<number> {
    const took = await this.caughtUp(patience)
    for (const { listener, speaker, speakerId, before } of this.ears) {
      const all = this.wordsOf(speaker).reduce((sum, payload) => digest(sum, make(payload)), before)
      assert.deepEqual(await listener.digest(speakerId), all, `${listener.name} of ${speaker.name}`)
    }
    return took
  }

  private wordsOf(speaker: Member): Payload[] {
    const words = this.said.get(speaker) ?? []
    this.said.set(speaker, words)
    return words
  }

  /** Words, and now and then 100 kB, which go in several parts. */
  private async speak(speaker: Member): Promise<void> {
    const words = this.wordsOf(speaker)
    const count = words.length
    const payload =
      count % 8 === 7 ? { bytes: 100_000, seed: count } : { text: `${speaker.name} says ${count}` }
    words.push(payload)
    await speaker.send([payload])
  }
}
