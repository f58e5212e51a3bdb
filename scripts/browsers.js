// Where the two browsers are: CHROME_BIN and FIREFOX_BIN if set, else the first known name on PATH.
// Used by karma.conf.cjs and by the puppeteer tests; scripts/browsers.sh looks for the same names.
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

const names = {
  chrome: ['chromium', 'chromium-browser', 'google-chrome'],
  firefox: ['firefox-esr', 'firefox'],
}

function onPath(name) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}

function locate(browser, variable) {
  const file = process.env[variable] || names[browser].map(onPath).find(Boolean)
  if (!file) throw new Error(`${browser} was not found: run scripts/browsers.sh, or set ${variable}`)
  return file
}

export const chromePath = () => locate('chrome', 'CHROME_BIN')
export const firefoxPath = () => locate('firefox', 'FIREFOX_BIN')
