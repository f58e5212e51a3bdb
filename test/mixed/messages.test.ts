// What is sent arrives once, unchanged and in order: to all or to one, strings and bytes of every size, whoever sends.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Member } from './harness/member.js'
import { digestOf, type Payload, smallPayloads } from './harness/payload.js'
import { fullyLinked, type Home, joinInTurn, openStage } from './harness/stage.js'

const stage = openStage()

const MiB = 1024 * 1024

const groups: Record<string, Home[]> = {
  Chromium: ['Chromium', 'Chromium', 'Chromium'],
  Firefox: ['Firefox', 'Firefox', 'Firefox'],
  'Chromium, Firefox, Node and a bot': ['Chromium', 'Firefox', 'Node'],
}

const sizes: Payload[] = [
  { text: '' },
  { bytes: 0, seed: 1 },
  { text: 'a' },
  { bytes: 1, seed: 2 },
  { characters: 40_000, seed: 3 },
  { bytes: 40_000, seed: 4 },
  { text: '{"not":"parsed"}' },
  { characters: 200, seed: 5 },
  { bytes: 200_000, seed: 6 },
]

/** Everyone has exactly this of `from`. */
async function received(
  members: readonly Member[],
  from: Member,
  payloads: readonly Payload[],
): Promise<void> {
  const id = await from.id()
  const wanted = digestOf(payloads)
  for (const member of members) {
    if (member === from) continue
    assert.deepEqual(await member.digest(id), wanted, `${member.name} of ${from.name}`)
  }
}

for (const [name, homes] of Object.entries(groups)) {
  describe(`between members in ${name}`, () => {
    async function gather(): Promise<Member[]> {
      const key = stage.newKey()
      const members = await stage.all(homes)
      await joinInTurn(members, key)
      if (!name.includes('bot')) return members
      const bot = await stage.bot()
      await members[0]?.invite(bot.url)
      const everyone = [...members, await bot.member(key)]
      await fullyLinked(everyone)
      return everyone
    }

    it('broadcasts of all sizes and both types arrive at all others, from all at once', async () => {
      const members = await gather()
      await Promise.all(members.map((member) => member.send(sizes)))
      const count = sizes.length * (members.length - 1)
      await Promise.all(members.map((member) => member.until({ received: count })))
      for (const member of members) await received(members, member, sizes)
    })

    it('private messages arrive at the one they are for, in order with the broadcasts around them', async () => {
      const members = await gather()
      const ids = await Promise.all(members.map((member) => member.id()))
      const [first, ...others] = members
      assert.ok(first)
      await first.send([{ text: 'before' }])
      for (const [index, other] of others.entries())
        await first.send([{ text: `for ${other.name}` }, ...sizes], ids[index + 1])
      await first.send([{ text: 'after' }])
      await Promise.all(others.map((other) => other.until({ received: sizes.length + 3 })))
      for (const other of others) {
        const wanted = [{ text: 'before' }, { text: `for ${other.name}` }, ...sizes, { text: 'after' }]
        await received([other], first, wanted)
      }
    })

    it('10,000 small messages sent in one loop arrive in order', async () => {
      const members = await gather()
      const [first, second] = members
      assert.ok(first && second)
      const payloads = smallPayloads(10_000, 'first')
      await first.send(payloads)
      await Promise.all(
        members.map((member) => member === first || member.until({ received: payloads.length }, 60_000)),
      )
      await received(members, first, payloads)
    })

    it('many messages in both directions at once arrive in order', async () => {
      const members = await gather()
      const [first, second] = members
      assert.ok(first && second)
      const ofFirst = smallPayloads(2_000, 'first')
      const ofSecond = [
        ...smallPayloads(1_000, 'second'),
        { bytes: 2 * MiB, seed: 7 },
        ...smallPayloads(1_000, 'again'),
      ]
      await Promise.all([first.send(ofFirst), second.send(ofSecond)])
      await first.until({ received: ofSecond.length }, 60_000)
      await second.until({ received: ofFirst.length }, 60_000)
      await received([second], first, ofFirst)
      await received([first], second, ofSecond)
    })

    it('32 MB arrive at all others, and what was sent after them comes after them', async () => {
      const members = await gather()
      const [first] = members
      assert.ok(first)
      const payloads = [{ bytes: 32 * MiB, seed: 8 }, { text: 'the end' }]
      await first.send(payloads)
      await Promise.all(members.map((member) => member === first || member.until({ received: 2 }, 90_000)))
      await received(members, first, payloads)
    })
  })
}
