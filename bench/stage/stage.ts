// What works share: a browser, a site for its pages, and the servers of the libraries, each started when first needed.
import { randomUUID } from 'node:crypto'
import type { Browser } from 'puppeteer-core'
import { launchBrowser } from '../../test/launchBrowser.js'
import { libraries, type Name } from '../libraries.js'
import type { Service } from '../servers/service.js'
import { openPage, type PageRemote, settled } from './pages.js'
import { joinInTurn } from './remote.js'
import { openSite, type Site } from './site.js'

/** A name that no other measurement has. */
export const roomOf = (): string => `bench${randomUUID()}`

export class Stage {
  private site: Promise<Site> | undefined
  private launching: Promise<Browser> | undefined
  private readonly services = new Map<Name, Promise<Service>>()
  /** What has to end with the current measurement. */
  private readonly ends: (() => Promise<unknown>)[] = []

  /** So many pages with this library, not joined yet. */
  async pages(name: Name, count: number, url?: string): Promise<PageRemote[]> {
    this.site ??= openSite()
    const [site, browser] = await Promise.all([this.site, this.browser()])
    const server = url ?? (await this.serverOf(name)).url
    const room = roomOf()
    const opening = Array.from({ length: count }, async () => {
      const remote = await openPage(browser, site.pageOf(name))
      this.endLater(() => remote.end())
      await remote.call('open', server, room)
      return remote
    })
    const remotes = await Promise.all(opening)
    await settled(remotes)
    return remotes
  }

  /** So many pages with this library, joined and linked with each other. */
  async group(name: Name, count: number, url?: string): Promise<PageRemote[]> {
    const remotes = await this.pages(name, count, url)
    await joinInTurn(remotes)
    return remotes
  }

  browser(): Promise<Browser> {
    this.launching ??= launchBrowser('chrome')
    return this.launching
  }

  serverOf(name: Name): Promise<Service> {
    const service = this.services.get(name) ?? libraries[name].serve()
    this.services.set(name, service)
    return service
  }

  endLater(end: () => Promise<unknown>): void {
    this.ends.push(end)
  }

  /** Closes the pages and processes of the current measurement. */
  async clear(): Promise<void> {
    const ended = await Promise.allSettled(this.ends.splice(0).map((end) => end()))
    // A browser in which a page cannot be closed any more is no place for the next measurement.
    if (ended.some(({ status }) => status === 'rejected')) await this.restartBrowser()
  }

  async restartBrowser(): Promise<void> {
    const browser = await this.launching
    this.launching = undefined
    await browser?.close().catch(() => browser.process()?.kill('SIGKILL'))
  }

  async close(): Promise<void> {
    await this.clear()
    await this.restartBrowser()
    await Promise.all([...this.services.values()].map(async (service) => (await service).close()))
    ;(await this.site)?.close()
  }
}
