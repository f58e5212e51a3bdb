// Pages of one Chromium, each in a window of its own: a page in the background counts as hidden, and is slowed down.
import type { Browser, Page } from 'puppeteer-core'
import type { Arguments, Method, Remote, Result } from './remote.js'

export class PageRemote implements Remote {
  constructor(readonly page: Page) {}

  call<Name extends Method>(name: Name, ...args: Arguments<Name>): Result<Name> {
    // Text, not a function: what tsx makes of a function does not run in a page.
    const list = JSON.stringify(args)
    return this.page.evaluate(`bench.call('${name}', ${list})`) as Result<Name>
  }

  /** As a user closes a tab. */
  async end(): Promise<void> {
    if (!this.page.isClosed()) await this.page.close()
  }

  /** Kills the process that renders it. */
  async crash(): Promise<void> {
    const session = await this.page.createCDPSession()
    session.send('Page.crash').catch(() => {}) // nobody is left to answer
  }

  /** Collects what no one refers to any more. */
  async collectGarbage(): Promise<void> {
    const session = await this.page.createCDPSession()
    await session.send('HeapProfiler.collectGarbage')
    await session.detach()
  }
}

export async function openPage(browser: Browser, url: string): Promise<PageRemote> {
  const page = await browser.newPage({ type: 'window' })
  await page.goto(url)
  return new PageRemote(page)
}

/** What pages do while they load is no part of any measurement. */
export async function settled(remotes: readonly PageRemote[]): Promise<void> {
  const idle = 'new Promise((resolve) => requestIdleCallback(() => requestIdleCallback(() => resolve())))'
  await Promise.all(remotes.map(({ page }) => page.evaluate(idle)))
}
