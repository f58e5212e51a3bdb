// Starts a headless Chromium or Firefox for the tests that drive whole browsers (puppeteer-core).
import puppeteer, { type Browser } from 'puppeteer-core'
import { chromePath, firefoxPath } from '../scripts/browsers.js'

export const browserNames = ['chrome', 'firefox'] as const
export type BrowserName = (typeof browserNames)[number]

// One call into a page, in milliseconds: longer than any wait of a test, shorter than a stage.
const protocolTimeout = 60_000

export function launchBrowser(name: BrowserName): Promise<Browser> {
  if (name === 'firefox') {
    return puppeteer.launch({
      browser: 'firefox',
      executablePath: firefoxPath(),
      protocolTimeout,
      // Readable candidates instead of mDNS names, as in Chromium below.
      extraPrefsFirefox: { 'media.peerconnection.ice.obfuscate_host_addresses': false },
    })
  }
  return puppeteer.launch({
    executablePath: chromePath(),
    protocolTimeout,
    // Root cannot have Chromium's sandbox.
    args: ['--no-sandbox', '--disable-features=WebRtcHideLocalIpsWithMdns'],
  })
}
