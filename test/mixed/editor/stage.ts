// Both browsers and an editor's server that can be killed and started again, shared by the tests of one file.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, afterEach, before } from 'node:test'
import { buildPage, EditorProcess, temporaryFolder } from '../../editorProcess.js'
import { Windows } from '../harness/windows.js'
import { EditorPage } from './editorPage.js'

export type Home = 'Chromium' | 'Firefox'

export class Stage {
  private readonly windows = { Chromium: new Windows('chrome'), Firefox: new Windows('firefox') }
  private readonly folder = temporaryFolder()
  private server: EditorProcess | undefined
  private pages: { home: Home; editor: EditorPage }[] = []
  private url = ''

  async begin(): Promise<void> {
    await buildPage()
    await this.startServer()
  }

  async end(): Promise<void> {
    await Promise.all(Object.values(this.windows).map((windows) => windows.quit()))
    await this.stopServer('SIGTERM')
    this.folder.remove()
  }

  newKey(): string {
    return `a text ${randomUUID()}`
  }

  /** At the same address as before. */
  async startServer(): Promise<void> {
    const PORT = this.url === '' ? '0' : new URL(this.url).port
    this.server = new EditorProcess({ PORT, DATA_DIR: this.folder.path })
    this.url = await this.server.url()
  }

  async stopServer(signal: NodeJS.Signals): Promise<void> {
    await this.server?.stop(signal)
    this.server = undefined
  }

  async open(home: Home, key: string): Promise<EditorPage> {
    const hash = key === '' ? '' : `#${encodeURIComponent(key)}`
    const page = await this.windows[home].open(`${this.url}/${hash}`)
    const editor = new EditorPage(page)
    this.pages.push({ home, editor })
    return editor
  }

  /** As users close tabs. */
  async closeAll(): Promise<void> {
    const pages = this.pages.splice(0)
    await Promise.all(pages.map(({ home, editor }) => this.windows[home].close(editor.page)))
  }

  /** After each test: nothing was thrown in any page. */
  async clear(): Promise<void> {
    await this.closeAll()
    if (!this.server) await this.startServer()
    const { Chromium, Firefox } = this.windows
    assert.deepEqual([...Chromium.errors.splice(0), ...Firefox.errors.splice(0)], [])
  }
}

export function openStage(): Stage {
  const stage = new Stage()
  before(() => stage.begin())
  afterEach(() => stage.clear())
  after(() => stage.end())
  return stage
}
