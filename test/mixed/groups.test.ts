// Groups do not disturb each other: two in one page, one object in one group after another, wrong keys next door;
// and a member that joins, leaves and joins in one turn is there once.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { digestOf, smallPayloads } from './harness/payload.js'
import { fullyLinked, type Home, joinInTurn, openStage } from './harness/stage.js'

const stage = openStage()

describe('two groups in one page', () => {
  for (const home of ['Chromium', 'Firefox'] as const) {
    it(`${home}: each hears its own messages only, and one that is left does not disturb the other`, async () => {
      const [red, blue] = [await stage.pageMember(home), await stage.member('Node')]
      const [redToo, blueToo] = [await stage.member('Node'), await stage.neighbor(red)]
      const [redKey, blueKey] = [stage.newKey(), stage.newKey()]
      await Promise.all([red.join(redKey), redToo.join(redKey), blue.join(blueKey), blueToo.join(blueKey)])
      const [redId] = await fullyLinked([red, redToo])
      const [, blueId] = await fullyLinked([blue, blueToo])
      await Promise.all([red.send(smallPayloads(50, 'red')), blueToo.send(smallPayloads(40, 'blue'))])
      await Promise.all([redToo.until({ received: 50 }), blue.until({ received: 40 })])
      assert.deepEqual(await redToo.digest(redId ?? 0), digestOf(smallPayloads(50, 'red')))
      assert.deepEqual(await blue.digest(blueId ?? 0), digestOf(smallPayloads(40, 'blue')))

      await red.leave()
      await redToo.until({ size: 1 })
      await blueToo.send([{ text: 'still here' }])
      await blue.until({ received: 41, size: 2 })
      assert.deepEqual(await blue.told('leave'), [])
    })
  }
})

describe('one object', () => {
  for (const home of ['Chromium', 'Firefox', 'Node'] as Home[]) {
    it(`in ${home} joins another group after it left the first, and hears nothing of the first any more`, async () => {
      const [traveller, first, second] = await stage.all([home, 'Node', 'Chromium'])
      assert.ok(traveller && first && second)
      const [firstKey, secondKey] = [stage.newKey(), stage.newKey()]
      await joinInTurn([first, traveller], firstKey)
      const oldId = await traveller.id()
      await traveller.leave()
      await traveller.join(secondKey)
      await second.join(secondKey)
      await fullyLinked([traveller, second])
      assert.notEqual(await traveller.id(), oldId)
      await first.until({ size: 1 })
      await first.send([{ text: 'is anybody there?' }])
      await traveller.send([{ text: 'to the second group' }])
      await second.until({ received: 1 })
      await second.send([{ text: 'to you' }])
      await traveller.until({ received: 1 })
      assert.deepEqual(await traveller.told('message'), [await second.id()])
      assert.deepEqual(await first.told('message'), [])
      assert.deepEqual(await traveller.told('state'), ['JOINING', 'JOINED', 'LEFT', 'JOINING', 'JOINED'])
    })

    it(`in ${home} that joins, leaves and joins in one turn is one member, and others see one join`, async () => {
      const [witness, other, member] = await stage.all(['Node', 'Firefox', home])
      assert.ok(witness && other && member)
      const key = stage.newKey()
      await joinInTurn([witness, other], key)
      await member.joinLeaveJoin(key)
      const [, , id] = await fullyLinked([witness, other, member])
      assert.deepEqual((await witness.told('join')).slice(1), [id])
      assert.deepEqual((await other.told('join')).slice(1), [id])
      assert.deepEqual([await witness.told('leave'), await other.told('leave')], [[], []])
      assert.deepEqual(await member.told('state'), ['JOINING', 'LEFT', 'JOINING', 'JOINED'])
    })
  }
})

describe('a wrong key next door', () => {
  it('is in a group of its own, which hears nothing of the first', async () => {
    const [first, second, stranger] = await stage.all(['Chromium', 'Firefox', 'Chromium'])
    assert.ok(first && second && stranger)
    const key = stage.newKey()
    await Promise.all([joinInTurn([first, second], key), stranger.join(`${key}!`)])
    await first.send(smallPayloads(20))
    await second.until({ received: 20 })
    await stranger.send([{ text: 'let me in' }])
    assert.deepEqual(await stranger.members(), [await stranger.id()])
    for (const what of ['join', 'message'] as const) assert.deepEqual(await stranger.told(what), [])
    for (const member of [first, second]) assert.equal((await member.members()).length, 2)
    assert.deepEqual(await first.told('message'), [])
  })
})
