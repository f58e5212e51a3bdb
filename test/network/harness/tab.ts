// A tab of Chromium on a host of the network. The browser is driven through pipes, so that faults of the network do not
// touch how the test speaks to it; its one page comes from the test itself.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import puppeteer, { type Page } from 'puppeteer-core'
import { chromePath } from '../../../scripts/browsers.js'
import type { GroupOptions } from '../../mixed/harness/groups.js'
import { PageMember } from '../../mixed/harness/member.js'
import type { Host } from './network.js'

export interface Tab {
  readonly member: PageMember
  /** Kills the process that renders it. */
  crash(): Promise<void>
  close(): Promise<void>
}

export async function openTab(name: string, host: Host, options: GroupOptions): Promise<Tab> {
  const folder = mkdtempSync(join(tmpdir(), 'netflux-tab-'))
  const browser = await puppeteer.launch({
    executablePath: commandInside(host, folder),
    pipe: true,
    // As root there is no sandbox; names of mDNS would have to be resolved across the router.
    args: ['--no-sandbox', '--disable-features=WebRtcHideLocalIpsWithMdns'],
  })
  const page = await browser.newPage()
  await serve(page, await bundle())
  await page.goto('http://netflux.test/')
  const index = await page.evaluate(`harness.make(${JSON.stringify(options)})`)
  return {
    member: new PageMember(name, page, Number(index)),
    crash: async () => {
      const session = await page.createCDPSession()
      session.send('Page.crash').catch(() => {}) // nobody is left to answer
    },
    close: async () => {
      await browser.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Puppeteer wants one executable. */
function commandInside(host: Host, folder: string): string {
  const file = join(folder, 'chromium')
  writeFileSync(file, `#!/bin/sh\nexec ip netns exec ${host.space} ${chromePath()} "$@"\n`)
  chmodSync(file, 0o755)
  return file
}

/** Whatever the page asks for, it is this script or the page that loads it. */
async function serve(page: Page, script: string): Promise<void> {
  await page.setRequestInterception(true)
  page.on('request', (request) => {
    const isScript = request.url().endsWith('.js')
    const body = isScript
      ? script
      : '<!doctype html><title>netflux</title><script src="/harness.js"></script>'
    void request.respond({ contentType: isScript ? 'text/javascript' : 'text/html', body })
  })
}

async function bundle(): Promise<string> {
  const entry = fileURLToPath(new URL('../../mixed/harness/page.ts', import.meta.url))
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    platform: 'browser',
    logLevel: 'error',
  })
  return outputFiles[0]?.text ?? ''
}
