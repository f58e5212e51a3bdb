// Sigver goes and comes back while people talk: nobody who is in a group is disturbed, and later ones get in.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Member } from './harness/member.js'
import { digestOf, type Payload, smallPayloads } from './harness/payload.js'
import { SigverProcess } from './harness/sigverProcess.js'
import { fullyLinked, joinInTurn, openStage } from './harness/stage.js'

const stage = openStage()
const sigver = new SigverProcess()
before(() => sigver.start())
after(() => sigver.kill())

/** Each sends these to all, and hears them of all others. */
async function talk(
  members: readonly Member[],
  payloads: readonly Payload[],
  heardBefore: number,
): Promise<number> {
  await Promise.all(members.map((member) => member.send(payloads)))
  const heard = heardBefore + payloads.length * (members.length - 1)
  await Promise.all(members.map((member) => member.until({ received: heard, state: 'JOINED' })))
  return heard
}

describe('when Sigver is killed and started again', () => {
  it('members talk on and stay JOINED, and a fourth that joins after that is linked with all', async () => {
    stage.expectedErrors = /^SIGNALING_UNREACHABLE/
    const members = await stage.all(['Chromium', 'Firefox', 'Node'], { signalingServer: sigver.url })
    const key = stage.newKey()
    const ids = await joinInTurn(members, key)
    let heard = await talk(members, smallPayloads(100, 'before'), 0)

    await sigver.kill()
    await Promise.all(members.map((member) => member.until({ error: 'SIGNALING_UNREACHABLE' })))
    heard = await talk(members, smallPayloads(100, 'meanwhile'), heard)

    await Promise.all([sigver.start(), talk(members, smallPayloads(100, 'again'), heard)])
    await Promise.all(members.map((member) => member.until({ signaling: 'CHECKED' }, 40_000)))
    const fourth = await stage.member('Chromium', { signalingServer: sigver.url })
    await fourth.join(key)
    await fullyLinked([...members, fourth])
    await fourth.send([{ text: 'hello' }])
    const all = digestOf(['before', 'meanwhile', 'again'].flatMap((name) => smallPayloads(100, name)))
    for (const [index, member] of members.entries()) {
      await member.until({ received: 601 })
      assert.deepEqual(await member.told('state'), ['JOINING', 'JOINED'], member.name)
      assert.deepEqual(await member.told('leave'), [], member.name)
      for (const other of members)
        if (other !== member) assert.deepEqual(await other.digest(ids[index] ?? 0), all, other.name)
    }
  })

  it('who joins meanwhile waits, and gets in when it is back', async () => {
    stage.expectedErrors = /^SIGNALING_UNREACHABLE/
    await sigver.kill()
    const members = await stage.all(['Chromium', 'Firefox', 'Node'], { signalingServer: sigver.url })
    const key = stage.newKey()
    const joined = members.map((member) => member.join(key))
    await Promise.all(
      members.map((member) => member.until({ error: 'SIGNALING_UNREACHABLE', state: 'JOINING' })),
    )
    await sigver.start()
    await Promise.all(joined)
    await fullyLinked(members)
    for (const member of members)
      assert.deepEqual(await member.told('state'), ['JOINING', 'JOINED'], member.name)
  })

  it('a tab that is closed while it is away is still seen to leave within 1 s', async () => {
    stage.expectedErrors = /^SIGNALING_UNREACHABLE/
    const witnesses = await stage.all(['Firefox', 'Node'], { signalingServer: sigver.url })
    const page = await stage.pageMember('Chromium', { signalingServer: sigver.url })
    const [, , id] = await joinInTurn([...witnesses, page], stage.newKey())
    await sigver.kill()
    await stage.closeTab(page)
    await Promise.all(witnesses.map((witness) => witness.until({ size: 2 }, 1_000)))
    for (const witness of witnesses) assert.deepEqual(await witness.told('leave'), [id], witness.name)
  })
})
