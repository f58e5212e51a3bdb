// Getting into a group: 2, 3 and 8 members, one after another and all at once, in browsers and Node, with and without a bot.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Member } from './harness/member.js'
import { fullyLinked, type Home, joinAtOnce, joinInTurn, openStage } from './harness/stage.js'

const stage = openStage()

const groups: Record<string, (size: number) => Home[]> = {
  Chromium: (size) => Array<Home>(size).fill('Chromium'),
  Firefox: (size) => Array<Home>(size).fill('Firefox'),
  'Chromium, Firefox and Node': (size) => {
    const homes: Home[] = ['Chromium', 'Firefox', 'Node']
    return Array.from({ length: size }, (_, index) => homes[index % homes.length] ?? 'Node')
  },
}

/** Each went from JOINING to JOINED, and was told once of each other; nobody seemed to leave. */
async function enteredOnce(members: readonly Member[], ids: readonly number[]): Promise<void> {
  for (const [index, member] of members.entries()) {
    const others = ids.filter((_, other) => other !== index)
    assert.deepEqual(await member.told('state'), ['JOINING', 'JOINED'], member.name)
    assert.deepEqual((await member.told('join')).sort(), others.sort(), member.name)
    assert.deepEqual(await member.told('leave'), [], member.name)
  }
}

for (const [name, homes] of Object.entries(groups)) {
  describe(`members in ${name}`, () => {
    for (const size of [2, 3, 8]) {
      it(`${size} who join one after another are linked, each with each`, async () => {
        const members = await stage.all(homes(size))
        await enteredOnce(members, await joinInTurn(members, stage.newKey()))
      })

      it(`${size} who join at once are linked, each with each`, async () => {
        const members = await stage.all(homes(size))
        await enteredOnce(members, await joinAtOnce(members, stage.newKey()))
      })
    }
  })
}

describe('a bot', () => {
  const homes: Home[] = ['Chromium', 'Firefox', 'Node']

  it('that is there first is found by those who come', async () => {
    const { url, member, bot } = await stage.bot({ leaveOnceAlone: false })
    const key = stage.newKey()
    const guest = await stage.member('Chromium')
    await guest.join(key)
    const botId = await guest.invite(url)
    const host = await member(key)
    await fullyLinked([guest, host])
    await guest.leave()
    await host.until({ members: [botId] })

    const members = await stage.all(homes)
    for (const other of members) await other.join(key)
    await fullyLinked([...members, host])
    assert.equal(bot.webGroups.size, 1)
  })

  it('that comes second is linked with those who follow, by WebSocket', async () => {
    const { url, member } = await stage.bot()
    const key = stage.newKey()
    const [first, ...others] = await stage.all(homes)
    assert.ok(first)
    await first.join(key)
    const botId = await first.invite(url)
    for (const other of others) await other.join(key)
    await fullyLinked([first, ...others, await member(key)])
    for (const other of [first, ...others])
      assert.equal((await other.links())[botId], 'websocket', other.name)
  })

  it('that comes last is linked with everyone', async () => {
    const { url, member } = await stage.bot()
    const key = stage.newKey()
    const members = await stage.all(homes)
    await joinAtOnce(members, key)
    await members[1]?.invite(url)
    await fullyLinked([...members, await member(key)])
  })

  it('that several invite at once is one member, and all are told the same id', async () => {
    const { url, member, bot } = await stage.bot()
    const key = stage.newKey()
    const members = await stage.all(homes)
    const invited = await Promise.all(
      members.map(async (someone) => {
        await someone.join(key)
        return someone.invite(url)
      }),
    )
    const host = await member(key)
    await fullyLinked([...members, host])
    assert.deepEqual(new Set(invited), new Set([await host.id()]))
    assert.equal(bot.webGroups.size, 1)
  })

  it('leaves once it is alone, and can be invited again', async () => {
    const { url, member, bot } = await stage.bot()
    const key = stage.newKey()
    const [first, second] = await stage.all(['Chromium', 'Node'])
    assert.ok(first && second)
    await joinInTurn([first, second], key)
    await first.invite(url)
    const host = await member(key)
    await fullyLinked([first, second, host])
    await first.leave()
    await host.until({ size: 2 })
    await second.leave()
    await host.until({ state: 'LEFT' })
    assert.equal(bot.webGroups.size, 0)

    await second.join(key)
    const again = await second.invite(url)
    await second.until({ members: [await second.id(), again] })
  })

  it('stays when it was told to', async () => {
    const { url, member, bot } = await stage.bot({ leaveOnceAlone: false })
    const key = stage.newKey()
    const [guest] = await stage.all(['Firefox'])
    assert.ok(guest)
    await guest.join(key)
    const botId = await guest.invite(url)
    const host = await member(key)
    await host.until({ size: 2 })
    await guest.leave()
    await host.until({ members: [botId] })
    // It has nothing to wait for: what would make it leave came with the goodbye.
    assert.deepEqual(await host.told('state'), ['JOINING', 'JOINED'])
    assert.equal(bot.webGroups.size, 1)
  })
})
