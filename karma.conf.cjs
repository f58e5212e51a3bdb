// Specs of one page in Chromium and in Firefox: test/browser/**/*.spec.ts, bundled by esbuild.
// test/browser/server.ts, if it is there, is started beside: what its `start()` returns (addresses of
// servers, say) is `__karma__.config.server` in the specs. Numbers go to the file that TEST_RESULTS names.
const { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { buildSync } = require('esbuild')

// One bundle: two would each have their own copy of the library.
function bundle(folder) {
  const specs = readdirSync(join(__dirname, 'test/browser'), { recursive: true })
    .filter((file) => file.endsWith('.spec.ts'))
    .sort()
  buildSync({
    stdin: {
      contents: specs.map((file) => `import './${file}'`).join('\n'),
      resolveDir: join(__dirname, 'test/browser'),
    },
    bundle: true,
    // Our package.json says that no file has side effects; specs are nothing but.
    ignoreAnnotations: true,
    format: 'iife',
    target: 'es2020',
    sourcemap: 'inline',
    outfile: join(folder, 'specs.js'),
    logLevel: 'warning',
  })
}

function ResultsReporter() {
  this.onRunComplete = (browsers) => {
    const total = { passed: 0, failed: 0, skipped: 0, isComplete: true }
    let launched = 0
    browsers.forEach(({ name, lastResult }) => {
      launched++
      total.passed += lastResult.success
      total.failed += lastResult.failed
      total.skipped += lastResult.skipped
      // A browser that went away in the middle, or never began, has fewer results than specs.
      const ran = lastResult.success + lastResult.failed + lastResult.skipped
      const isBroken = lastResult.error || lastResult.disconnected || ran < lastResult.total || ran === 0
      if (isBroken) total.failed++
      console.log(`${isBroken ? '✖' : '✔'} ${name}: ${lastResult.success} of ${lastResult.total}`)
    })
    if (launched < 2) total.failed += 2 - launched
    if (process.env.TEST_RESULTS) writeFileSync(process.env.TEST_RESULTS, JSON.stringify(total))
  }
}

module.exports = async (config) => {
  const { chromePath, firefoxPath } = await import('./scripts/browsers.js')
  process.env.CHROME_BIN = chromePath()
  process.env.FIREFOX_BIN = firefoxPath()

  const folder = mkdtempSync(join(tmpdir(), 'netflux-karma-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  bundle(folder)

  const server = join(__dirname, 'test/browser/server.ts')
  const started = existsSync(server) ? await (await import(server)).start() : undefined

  config.set({
    basePath: folder,
    files: ['specs.js'],
    frameworks: ['jasmine'],
    client: { server: started, jasmine: { timeoutInterval: 10_000 } },
    plugins: [
      'karma-jasmine',
      'karma-chrome-launcher',
      'karma-firefox-launcher',
      { 'reporter:results': ['type', ResultsReporter] },
    ],
    reporters: ['dots', 'results'],
    hostname: '127.0.0.1',
    listenAddress: '127.0.0.1',
    singleRun: true,
    colors: Boolean(process.stdout.isTTY),
    logLevel: config.LOG_WARN,
    captureTimeout: 60_000,
    browserNoActivityTimeout: 60_000,
    browsers: ['Chromium_', 'Firefox_'],
    customLaunchers: {
      // Readable candidates instead of mDNS names. Root cannot have Chromium's sandbox.
      Chromium_: {
        base: 'ChromeHeadless',
        flags: ['--no-sandbox', '--disable-features=WebRtcHideLocalIpsWithMdns'],
      },
      Firefox_: {
        base: 'FirefoxHeadless',
        prefs: { 'media.peerconnection.ice.obfuscate_host_addresses': false },
      },
    },
  })
}
