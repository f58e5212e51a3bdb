// The windows of one browser, launched when first needed. A page in the background counts as hidden, and a hidden page
// does not join: so each page has a window of its own. Windows are costly in Firefox: they are used again.
import type { Browser, Page } from 'puppeteer-core'
import { type BrowserName, launchBrowser } from '../../launchBrowser.js'
import { killContentProcess } from './contentProcess.js'

/** Firefox reports connections that failed or were given up as errors of the page. */
const CONNECTION = /establish a connection to the server|was interrupted while the page was loading/

export class Windows {
  private launching: Promise<Browser> | undefined
  private readonly free: Page[] = []
  private readonly inUse = new Set<Page>()
  /** What pages threw. */
  readonly errors: string[] = []

  constructor(private readonly name: BrowserName) {}

  browser(): Promise<Browser> {
    this.launching ??= launchBrowser(this.name)
    return this.launching
  }

  async open(url: string): Promise<Page> {
    const page = this.free.pop() ?? (await this.newWindow())
    this.inUse.add(page)
    await page.goto(url)
    return page
  }

  /** Closes it as a user does. */
  async close(page: Page): Promise<void> {
    this.inUse.delete(page)
    await page.close()
  }

  /** Kills the process that renders it. */
  async crash(page: Page): Promise<void> {
    this.inUse.delete(page)
    if (this.name === 'chrome') {
      const session = await page.createCDPSession()
      session.send('Page.crash').catch(() => {}) // nobody is left to answer
    } else await killContentProcess(page, (await this.browser()).process()?.pid ?? 0)
  }

  /** Hides the page behind a new tab of its window. Returns how to close that. */
  async cover(page: Page): Promise<() => Promise<void>> {
    await page.bringToFront()
    const other = await (await this.browser()).newPage({ type: 'tab' })
    await page.waitForFunction('document.visibilityState === "hidden"', { polling: 20, timeout: 5_000 })
    return async () => {
      await other.close()
      await page.bringToFront()
    }
  }

  /** Empties all pages, so that nothing of one test lives in the next. */
  async reset(): Promise<void> {
    const pages = [...this.inUse]
    this.inUse.clear()
    await Promise.all(pages.map((page) => page.goto('about:blank')))
    this.free.push(...pages)
  }

  async quit(): Promise<void> {
    await (await this.launching)?.close()
  }

  private async newWindow(): Promise<Page> {
    const page = await (await this.browser()).newPage({ type: 'window' })
    page.on('pageerror', (error) => {
      if (!CONNECTION.test(String(error))) this.errors.push(`${this.name}: ${String(error)}`)
    })
    return page
  }
}
