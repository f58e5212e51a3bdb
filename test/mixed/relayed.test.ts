// Pairs without a direct link: they talk through another member, and are told so.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Member } from './harness/member.js'
import { digestOf, type Payload, smallPayloads } from './harness/payload.js'
import { type Home, joinInTurn, openStage } from './harness/stage.js'

const stage = openStage()

const payloads: Payload[] = [
  ...smallPayloads(200),
  { bytes: 1_000_000, seed: 1 },
  { characters: 40_000, seed: 2 },
  { text: '' },
]

/** Both send all of it to everyone else at once, and in addition to each other. */
async function exchange(one: Member, other: Member, others: readonly Member[]): Promise<void> {
  const [oneId, otherId] = [await one.id(), await other.id()]
  await Promise.all([one.send(payloads), other.send(payloads)])
  await Promise.all([
    one.send([{ text: 'between us' }], otherId),
    other.send([{ text: 'between us' }], oneId),
  ])
  const count = payloads.length + 1
  await Promise.all([one.until({ received: count }), other.until({ received: count })])
  await Promise.all(others.map((third) => third.until({ received: 2 * payloads.length })))
  const wanted = digestOf([...payloads, { text: 'between us' }])
  assert.deepEqual(await one.digest(otherId), wanted)
  assert.deepEqual(await other.digest(oneId), wanted)
}

describe('a pair that cannot be linked', () => {
  for (const home of ['Chromium', 'Firefox'] as const) {
    it(`talks through a third: in ${home}, whose second connection finds no path`, async () => {
      const key = stage.newKey()
      const others = await stage.all(['Node', home] as Home[])
      const lonely = await stage.member(home, { connections: 1 })
      await joinInTurn(others, key)
      await lonely.join(key)
      const everyone = [...others, lonely]
      const ids = await Promise.all(everyone.map((member) => member.id()))
      await Promise.all(everyone.map((member) => member.until({ state: 'JOINED', members: ids })))
      await lonely.until({ direct: 1 })

      const links = await lonely.links()
      const index = others.findIndex((_, at) => links[ids[at] ?? 0] === 'relayed')
      const [partner, third] = [others[index], others[1 - index]]
      assert.ok(partner && third)
      assert.equal((await partner.links())[ids[2] ?? 0], 'relayed')
      assert.equal((await third.links())[ids[2] ?? 0], 'datachannel')
      await exchange(lonely, partner, [third])
      for (const member of everyone) assert.deepEqual(await member.told('leave'), [], member.name)
    })
  }

  it('talks through a bot, where no data channel works at all', async () => {
    const key = stage.newKey()
    const { url, member } = await stage.bot()
    const [first, second] = await stage.all(['Chromium', 'Firefox'], { connections: 0 })
    assert.ok(first && second)
    await first.join(key)
    const botId = await first.invite(url)
    const host = await member(key)
    await second.join(key)
    const [firstId, secondId] = [await first.id(), await second.id()]
    const ids = [firstId, secondId, botId]
    await Promise.all(
      [first, second, host].map((someone) => someone.until({ state: 'JOINED', members: ids })),
    )
    assert.deepEqual(await first.links(), { [secondId]: 'relayed', [botId]: 'websocket' })
    assert.deepEqual(await second.links(), { [firstId]: 'relayed', [botId]: 'websocket' })
    await exchange(first, second, [host])
  })
})
