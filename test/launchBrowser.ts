// Starts a headless Chromium or Firefox for the tests that drive whole browsers (puppeteer-core).
import puppeteer, { type Browser } from 'puppeteer-core'
import { chromePath, firefoxPath } from '../scripts/browsers.js'

export const browserNames = ['chrome', 'firefox'] as const
export type BrowserName = (typeof browserNames)[number]

// One call into a page, in milliseconds: longer than any wait of a test, shorter than a stage.
const protocolTimeout = 60_000

const chromeWithout = [
  // Candidates have addresses then, which tests read.
  'WebRtcHideLocalIpsWithMdns',
  // The address bar of each new window is a page of 300 modules: it takes more of the processors than what is tested.
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'WebUIOmniboxFullPopup',
]

export function launchBrowser(name: BrowserName): Promise<Browser> {
  if (name === 'firefox') {
    return puppeteer.launch({
      browser: 'firefox',
      executablePath: firefoxPath(),
      protocolTimeout,
      // Candidates have addresses then.
      extraPrefsFirefox: { 'media.peerconnection.ice.obfuscate_host_addresses': false },
    })
  }
  return puppeteer.launch({
    executablePath: chromePath(),
    protocolTimeout,
    // Root cannot have Chromium's sandbox.
    args: ['--no-sandbox', `--disable-features=${chromeWithout.join(',')}`],
  })
}
