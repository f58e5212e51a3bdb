// The editor that `npm start` runs, in both browsers, as people use it.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { EditorPage } from './editorPage.js'
import { type Home, openStage } from './stage.js'

const stage = openStage()
const homes: readonly Home[] = ['Chromium', 'Firefox']

const press = (editor: EditorPage, ...keys: ('End' | 'Home' | 'Control' | 'KeyZ')[]) =>
  keys.reduce((done, key) => done.then(() => editor.page.keyboard.press(key)), Promise.resolve())

describe('two people', () => {
  it('write one text, and see the name at the cursor of the other', async () => {
    const key = stage.newKey()
    const ada = await stage.open('Chromium', key)
    await ada.rename('Ada')
    await ada.joined(0)
    await ada.type('Roses are')
    const bob = await stage.open('Firefox', key)
    await bob.rename('Bob')
    await bob.reads('Roses are')
    await bob.type('x')
    await bob.reads('xRoses are')
    await ada.type(' red')
    await Promise.all([ada, bob].map((editor) => editor.reads('xRoses are red')))
    await ada.until("Bob's cursor", ({ cursors }) => cursors.join() === 'Bob')
    await bob.until("Ada's cursor", ({ cursors }) => cursors.join() === 'Ada')
  })

  it('see of each other, and of the bot, how they are reached and how long that takes', async () => {
    const key = stage.newKey()
    const pages = await Promise.all(homes.map((home) => stage.open(home, key)))
    await Promise.all(pages.map((page, index) => page.rename(`${index}`)))
    for (const [index, page] of pages.entries()) {
      await page.joined(1)
      // A browser remembers the name that an earlier test gave, and shows it until this one arrives.
      const sight = await page.until('all round-trip times and names', ({ rows }) =>
        rows.every(
          ({ name, kind, rtt, isBot }) =>
            name === (kind === 'me' ? `${index}` : isBot ? 'Bot' : `${1 - index}`) &&
            (kind === 'me' || rtt !== ''),
        ),
      )
      const rows = sight.rows.map(
        ({ name, kind, reach, isBot }) => `${name}: ${kind}, ${reach}${isBot ? ', bot' : ''}`,
      )
      const other = `${1 - index}: datachannel, data channel`
      assert.deepEqual(rows, [`${index}: me, this tab`, other, 'Bot: websocket, WebSocket, bot'])
      for (const { kind, rtt } of sight.rows) assert.match(rtt, kind === 'me' ? /^$/ : /^\d+ ms$/)
      assert.equal(sight.line, 'Joined, with 1 other and the bot')
    }
  })

  it('undo what they wrote themselves only', async () => {
    const key = stage.newKey()
    const ada = await stage.open('Chromium', key)
    await ada.joined(0)
    await ada.type('one ')
    const bob = await stage.open('Chromium', key)
    await bob.reads('one ')
    await press(bob, 'End')
    await bob.type('two')
    await ada.reads('one two')
    await ada.page.focus('.cm-content')
    await ada.page.keyboard.down('Control')
    await press(ada, 'KeyZ')
    await ada.page.keyboard.up('Control')
    await Promise.all([ada, bob].map((editor) => editor.reads('two')))
  })
})

describe('the bot', () => {
  it('comes once when six pages invite it at once', async () => {
    const key = stage.newKey()
    const pages = await Promise.all([...homes, ...homes, ...homes].map((home) => stage.open(home, key)))
    await Promise.all(pages.map((page) => page.joined(5)))
    await pages[0]?.type('hello')
    for (const page of pages)
      assert.equal((await page.reads('hello')).rows.filter(({ isBot }) => isBot).length, 1)
  })

  it('stays away where it is switched off, also the next time, and comes when it is switched on', async () => {
    const editor = await stage.open('Firefox', stage.newKey())
    await editor.joined(0)
    await editor.page.locator('.switch').click()
    await editor.page.goto(`${new URL('/', editor.page.url()).href}#${encodeURIComponent(stage.newKey())}`)
    await editor.page.reload()
    const { line } = await editor.joined(0, 0)
    assert.equal(line, 'Joined, alone so far')
    assert.equal(await editor.page.$eval('#invite', (input) => 'checked' in input && input.checked), false)
    await editor.page.locator('.switch').click()
    await editor.joined(0)
  })

  for (const home of homes) {
    it(`keeps the text when all tabs in ${home} are closed and the server is restarted`, async () => {
      const key = stage.newKey()
      const first = await stage.open(home, key)
      await first.joined(0)
      await first.type('to be kept')
      const second = await stage.open(home, key)
      await second.reads('to be kept')
      await stage.closeAll()
      await stage.stopServer('SIGTERM')
      await stage.startServer()
      const later = await stage.open(home, key)
      await later.reads('to be kept')
    })
  }
})

describe('the line of state', () => {
  for (const home of homes) {
    it(`in ${home} says offline while the server is away, joined when it is back, and nothing is lost`, async () => {
      const editor = await stage.open(home, stage.newKey())
      await editor.joined(0)
      await editor.type('before, ')
      await stage.stopServer('SIGKILL')
      const { line } = await editor.until('being offline', ({ kind }) => kind === 'offline')
      assert.equal(line, 'Offline: not connected to the server, trying again')
      await editor.type('meanwhile')
      await stage.startServer()
      const { text } = await editor.joined(0)
      assert.equal(text, 'before, meanwhile')
    })
  }

  it('says that others are still there while the server is away', async () => {
    const key = stage.newKey()
    const pages = await Promise.all(homes.map((home) => stage.open(home, key)))
    await Promise.all(pages.map((page) => page.joined(1)))
    await stage.stopServer('SIGTERM')
    for (const page of pages) {
      const { line } = await page.until(
        'being adrift',
        ({ kind, rows }) => kind === 'adrift' && rows.length === 2,
      )
      assert.equal(line, 'Joined, with 1 other; not connected to the server, trying again')
    }
    await pages[0]?.type('still here')
    await pages[1]?.reads('still here')
    await stage.startServer()
    for (const page of pages) await page.joined(1)
  })

  it('says that there is no network', async () => {
    const editor = await stage.open('Chromium', stage.newKey())
    await editor.joined(0)
    await editor.page.setOfflineMode(true)
    await editor.until('no network', ({ kind, line }) => kind !== 'joined' && line.includes('no network'))
    await editor.page.setOfflineMode(false)
    await editor.joined(0)
  })
})

describe('the page', () => {
  it('without a document in its address makes a new one', async () => {
    const [one, other] = [await stage.open('Chromium', ''), await stage.open('Chromium', '')]
    await Promise.all([one.joined(0), other.joined(0)])
    const [first, second] = [one, other].map(({ page }) => new URL(page.url()).hash)
    assert.match(first ?? '', /^#[\w-]{22}$/)
    assert.notEqual(first, second)
  })

  it('changes the document with its address', async () => {
    const [key, otherKey] = [stage.newKey(), stage.newKey()]
    const editor = await stage.open('Firefox', key)
    await editor.joined(0)
    await editor.type('first')
    const go = (to: string) =>
      editor.page.evaluate((hash) => void (location.hash = hash), encodeURIComponent(to))
    await go(otherKey)
    await editor.reads('')
    await editor.joined(0)
    await editor.type('second')
    await go(key)
    await editor.reads('first')
    await editor.joined(0)
  })

  it('keeps the name that was given', async () => {
    const editor = await stage.open('Chromium', stage.newKey())
    await editor.rename('Ada')
    await editor.page.reload()
    const { rows } = await editor.joined(0)
    assert.equal(rows[0]?.name, 'Ada')
  })
})
