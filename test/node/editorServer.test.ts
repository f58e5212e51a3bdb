// What `npm start` promises: it runs, keeps texts, tells clearly what is wrong, and ends in order.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import { after, afterEach, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import * as Y from 'yjs'
import { DocumentStore } from '../../examples/editor/server/store.js'
import { WebGroup } from '../../src/index.node.js'
import { NetfluxProvider } from '../../src/yjs.js'
import { EditorProcess, temporaryFolder } from '../editorProcess.js'
import { until } from './apiStage.js'

const folder = temporaryFolder()
after(() => folder.remove())
const DATA_DIR = join(folder.path, 'documents')

const servers: EditorProcess[] = []
afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop('SIGKILL'))))

function start(environment: Record<string, string> = {}, command?: string[]): EditorProcess {
  const server = new EditorProcess({ DATA_DIR, ...environment }, command)
  servers.push(server)
  return server
}

interface Visit {
  readonly text: Y.Text
  /** Once the bot has everything. */
  leave(): Promise<void>
  end(): void
}

/** Somebody with a document in the editor's group, and the bot. */
async function visit(url: string, key: string): Promise<Visit> {
  const origin = url.replace(/^http/, 'ws')
  const group = new WebGroup({ signalingServer: `${origin}/signaling`, rtcConfiguration: { iceServers: [] } })
  const doc = new Y.Doc()
  await group.join(key)
  const bot = await group.invite(`${origin}/bot`)
  const provider = new NetfluxProvider(group, doc)
  await until(() => provider.synced, 'the text of the bot')
  const end = () => {
    provider.destroy()
    group.leave()
    doc.destroy()
  }
  const leave = async () => {
    await until(() => group.link(bot)?.queued === 0, 'the bot to have everything')
    end()
  }
  return { text: doc.getText('text'), leave, end }
}

describe('npm start', () => {
  it('builds, prints the URL in one line, serves the page, and frees the port on SIGTERM', async () => {
    const server = start({}, ['npm', 'start'])
    const url = await server.url()
    assert.match(url, /^http:\/\/localhost:\d+$/)
    assert.match(await (await fetch(url)).text(), /<title>Netflux editor<\/title>/)
    assert.deepEqual(await server.stop(), { code: 0, signal: null })
    await assert.rejects(once(connect(Number(new URL(url).port), '127.0.0.1'), 'connect'))
  })
})

// The page is the one that was built above.
describe('the server', () => {
  it('serves the page and what belongs to it, and nothing else', async () => {
    const server = start()
    const url = await server.url()
    const page = await fetch(url)
    assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8')
    assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'self'/)
    const names = [...(await page.text()).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, name = '']) => name)
    assert.deepEqual([...new Set(names)].sort(), ['icon.svg', 'main.js', 'style.css'])
    for (const name of names) assert.equal((await fetch(`${url}/${name}`)).status, 200, name)
    const known = await fetch(url, { headers: { 'if-none-match': page.headers.get('etag') ?? '' } })
    assert.equal(known.status, 304)
    for (const path of ['/server.ts', '/..%2fserver.ts', '/signaling', '//', '/constructor'])
      assert.equal((await fetch(url + path)).status, 404, path)
    assert.equal((await fetch(url, { method: 'POST' })).status, 405)
    await server.stop()
  })

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`keeps a text when all have left and it is ended by ${signal}`, async () => {
      const key = `kept after ${signal}`
      const first = start()
      const writer = await visit(await first.url(), key)
      writer.text.insert(0, 'to be kept')
      await writer.leave()
      assert.deepEqual(await first.stop(signal), { code: 0, signal: null })

      const second = start()
      const reader = await visit(await second.url(), key)
      assert.equal(reader.text.toString(), 'to be kept')
      await reader.leave()
      const stranger = await visit(await second.url(), 'another key')
      assert.equal(stranger.text.toString(), '')
      await stranger.leave()
      await second.stop()
    })
  }

  it('keeps a text that somebody still writes when it is ended', async () => {
    const key = 'ended in the middle'
    const first = start()
    const writer = await visit(await first.url(), key)
    writer.text.insert(0, 'half a sent')
    const witness = await visit(await first.url(), key)
    assert.equal(witness.text.toString(), 'half a sent')
    assert.equal((await first.stop()).code, 0)

    const second = start()
    const reader = await visit(await second.url(), key)
    assert.equal(reader.text.toString(), 'half a sent')
    for (const { end } of [writer, witness, reader]) end()
    await second.stop()
  })

  it('says in one line that the port is taken, and ends with 1', async () => {
    const first = start()
    const PORT = new URL(await first.url()).port
    await failsToStart(
      { PORT, DATA_DIR: join(folder.path, 'other') },
      new RegExp(`port ${PORT}: another program`),
    )
    await first.stop()
  })

  it('says in one line that its folder is in use, and ends with 1', async () => {
    const first = start()
    await first.url()
    await failsToStart({ DATA_DIR }, /documents: another process uses it$/)
    await first.stop()
  })

  it('says in one line that its folder cannot be written, and ends with 1', async () => {
    const file = join(folder.path, 'a file')
    writeFileSync(file, '')
    await failsToStart({ DATA_DIR: join(file, 'below') }, /cannot be kept in .*a file.below: /)
    await failsToStart({ DATA_DIR: file }, /cannot be kept in .*a file: /)
    // A file system that has no folders of others.
    if (process.platform === 'linux')
      await failsToStart({ DATA_DIR: '/proc/documents' }, /in \/proc\/documents: /)
  })

  it('says in one line what is wrong with a setting, and ends with 1', async () => {
    await failsToStart({ PORT: '80a' }, /^PORT /)
    await failsToStart({ PORT: '65536' }, /^PORT /)
    await failsToStart({ PUBLIC_URL: 'example.org' }, /^PUBLIC_URL /)
  })
})

async function failsToStart(environment: Record<string, string>, message: RegExp): Promise<void> {
  const server = start(environment)
  assert.deepEqual(await server.ended(), { code: 1, signal: null })
  assert.equal(server.stdout, '')
  const lines = server.stderr.trimEnd().split('\n')
  assert.equal(lines.length, 1, server.stderr)
  assert.match(lines[0] ?? '', message)
}

describe('the store', () => {
  it('has everything that it said to be on disk, also when the process is killed', async () => {
    const path = join(folder.path, 'killed')
    const script = fileURLToPath(new URL('./storing.child.ts', import.meta.url))
    const child = spawn(process.execPath, ['--import', 'tsx', script, path, 'a key'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let saved = 0
    // Beyond the first snapshot.
    for await (const line of createInterface(child.stdout)) {
      saved = Number(line)
      if (saved === 700) child.kill('SIGKILL')
    }
    assert.ok(saved >= 700)
    const store = await DocumentStore.open(path)
    const { doc } = await store.load('a key')
    const { length } = doc.getText('text')
    assert.ok(length === saved || length === saved + 1, `${length} of ${saved} were kept`)
    await store.close()
  })

  it('gives a document that is being closed to the next one as it was', async () => {
    const store = await DocumentStore.open(join(folder.path, 'closing'))
    const first = await store.load('a key')
    first.doc.getText('text').insert(0, 'just now')
    const [, second] = await Promise.all([store.release(first), store.load('a key')])
    assert.equal(second.doc.getText('text').toString(), 'just now')
    await store.close()
  })
})
