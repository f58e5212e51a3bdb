// How members go: a tab that is closed, crashes, is hidden or put into the back-forward cache, and a Node process.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Member, PageMember } from './harness/member.js'
import { runMember } from './harness/memberProcess.js'
import { digestOf } from './harness/payload.js'
import { fullyLinked, joinInTurn, openStage } from './harness/stage.js'

const stage = openStage()

const browsers = ['Chromium', 'Firefox'] as const

/** A page among one witness of each kind. */
async function amongWitnesses(
  home: (typeof browsers)[number],
  host?: string,
): Promise<{ page: PageMember; id: number; witnesses: Member[]; key: string }> {
  const witnesses = await stage.all(['Node', 'Chromium', 'Firefox'])
  const page = await stage.pageMember(home, { host })
  const key = stage.newKey()
  const ids = await joinInTurn([...witnesses, page], key)
  return { page, id: ids[3] ?? 0, witnesses, key }
}

async function seeItLeave(witnesses: readonly Member[], id: number, within: number): Promise<void> {
  await Promise.all(witnesses.map((witness) => witness.until({ size: 3 }, within)))
  for (const witness of witnesses) assert.deepEqual(await witness.told('leave'), [id], witness.name)
}

for (const home of browsers) {
  describe(`a tab of ${home}`, () => {
    it('that is closed says goodbye: others hear its last words, and see it leave within 1 s', async () => {
      const { page, id, witnesses } = await amongWitnesses(home)
      await page.send([{ text: 'last words' }])
      await stage.closeTab(page)
      await seeItLeave(witnesses, id, 1_000)
      for (const witness of witnesses)
        assert.deepEqual(await witness.digest(id), digestOf([{ text: 'last words' }]), witness.name)
    })

    it('that crashes is seen to leave within 2 s, and the others talk on', async () => {
      const { page, id, witnesses } = await amongWitnesses(home, 'localhost')
      await stage.crashTab(page)
      await seeItLeave(witnesses, id, 2_000)
      const [first, ...others] = witnesses
      await first?.send([{ text: 'who was that?' }])
      await Promise.all(others.map((other) => other.until({ received: 1 })))
    })

    it('that another tab covers stays a member, hears and answers', async () => {
      const { page, id, witnesses } = await amongWitnesses(home)
      const uncover = await stage.cover(page)
      await witnesses[0]?.send([{ text: 'do you hear me?' }], id)
      await page.until({ received: 1 })
      await page.send([{ text: 'I do' }])
      await Promise.all(witnesses.map((witness) => witness.until({ received: 1, size: 4 })))
      await uncover()
      await fullyLinked([...witnesses, page])
      for (const member of [...witnesses, page]) assert.deepEqual(await member.told('leave'), [], member.name)
    })
  })
}

describe('a page of Chromium', () => {
  it('that goes into the back-forward cache leaves, and is back when it is shown again', async () => {
    const { page, id, witnesses } = await amongWitnesses('Chromium')
    await page.page.goto('about:blank')
    await seeItLeave(witnesses, id, 2_000)
    await page.page.goBack()
    const everyone = [...witnesses, page]
    await fullyLinked(everyone)
    // Its story goes on: the same page came back, it was not loaded anew.
    assert.deepEqual(await page.told('state'), ['JOINING', 'JOINED', 'LEFT', 'JOINING', 'JOINED'])
    await page.send([{ text: 'back again' }])
    await Promise.all(witnesses.map((witness) => witness.until({ received: 1 })))
  })
})

describe('a Node process', () => {
  it('ends by itself within 2 s after it left a group with browsers and a bot', async () => {
    const witnesses = await stage.all(['Chromium', 'Firefox'])
    const bot = await stage.bot()
    const key = stage.newKey()
    await joinInTurn(witnesses, key)
    await witnesses[0]?.invite(bot.url)
    await fullyLinked([...witnesses, await bot.member(key)])
    const { code, signal, took, members } = await runMember(stage.sigverUrl, key, 4)
    assert.deepEqual({ code, signal, members }, { code: 0, signal: null, members: 4 })
    assert.ok(took < 2_000, `${Math.round(took)} ms after leave()`)
    await Promise.all(witnesses.map((witness) => witness.until({ size: 3, received: 1 })))
  })

  it('that is killed is seen to leave within 2 s', async () => {
    const witnesses = await stage.all(['Chromium', 'Firefox'])
    const key = stage.newKey()
    await joinInTurn(witnesses, key)
    const { signal } = await runMember(stage.sigverUrl, key, 3, 'kill')
    assert.equal(signal, 'SIGKILL')
    await Promise.all(witnesses.map((witness) => witness.until({ size: 2 }, 2_000)))
  })
})
