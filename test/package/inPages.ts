// The installed builds in pages of Chromium and Firefox: UMD under a policy that forbids eval, ES modules under an
// import map. In both, two members talk through the installed `sigver`.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, createServer as createSocketServer } from 'node:net'
import { extname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { build } from 'esbuild'
import type { Browser, Page } from 'puppeteer-core'
import { browserNames, launchBrowser } from '../launchBrowser.js'
import { type Consumer, sharedNames } from './consumer.js'

const contentTypes: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' }

// Pages by their name, the package below /netflux/, the minified UMD beside the pages, rxjs as one module.
function fileOf(path: string, { folder, netflux }: Consumer): string {
  if (path.startsWith('/netflux/')) return join(netflux, path.slice('/netflux/'.length))
  if (path === '/netflux.umd.min.js') return join(netflux, 'dist', path)
  return join(folder, 'pages', path)
}

function serve(consumer: Consumer): Server {
  return createServer((request, response) => {
    const path = request.url ?? '/'
    const file = fileOf(path, consumer)
    if (!existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end()
      return
    }
    response.setHeader('content-type', contentTypes[extname(file)] ?? 'application/octet-stream')
    if (path === '/umd.html') response.setHeader('content-security-policy', "script-src 'self'")
    response.end(readFileSync(file))
  })
}

const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port

async function freePort(): Promise<number> {
  const server = createSocketServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = portOf(server)
  server.close()
  await once(server, 'close')
  return port
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

async function startSigver({ folder }: Consumer): Promise<{ process: ChildProcess; url: string }> {
  const port = await freePort()
  const command = join(folder, 'node_modules/.bin/sigver')
  const child = spawn(command, ['--host', '127.0.0.1', '--port', String(port)], { stdio: 'ignore' })
  for (let tries = 0; tries < 100 && child.exitCode === null; tries++) {
    if (await accepts(port)) return { process: child, url: `ws://127.0.0.1:${port}` }
    await delay(100)
  }
  child.kill()
  throw new Error(`sigver does not listen (exit code ${child.exitCode})`)
}

async function bundleRxjs({ folder }: Consumer): Promise<void> {
  await build({
    stdin: { contents: "export * from 'rxjs'; export * from 'rxjs/operators'", resolveDir: folder },
    bundle: true,
    format: 'esm',
    outfile: join(folder, 'pages/rxjs.js'),
    logLevel: 'silent',
  })
}

async function open(browser: Browser, url: string): Promise<{ page: Page; errors: string[] }> {
  const page = await browser.newPage()
  const errors: string[] = []
  page.on('pageerror', (error) => {
    // Firefox reports the eval that umd.html tries on purpose.
    if (!/blocked a JavaScript eval/.test(String(error))) errors.push(String(error))
  })
  await page.goto(url)
  await page.waitForFunction('window.result', { timeout: 10_000 })
  return { page, errors }
}

export function pageTests(consumer: () => Consumer): void {
  let site: Server
  let address = ''
  before(async () => {
    await bundleRxjs(consumer())
    site = serve(consumer()).listen(0, '127.0.0.1')
    await once(site, 'listening')
    address = `http://127.0.0.1:${portOf(site)}`
  })
  after(() => {
    site.closeAllConnections()
    site.close()
  })

  for (const name of browserNames) {
    describe(name, () => {
      let browser: Browser
      before(async () => {
        browser = await launchBrowser(name)
      })
      after(() => browser.close())

      it('runs the UMD build from a script tag under script-src self', async () => {
        const { page, errors } = await open(browser, `${address}/umd.html`)
        const names = await page.evaluate<[], () => string[]>('window.result' as never)
        assert.deepEqual(
          sharedNames.filter((shared) => !names.includes(shared)),
          [],
        )
        assert.equal(await page.evaluate('window.evalFails'), 'EvalError')
        assert.deepEqual(await page.evaluate('window.violations'), ['script-src'])
        assert.deepEqual(errors, [])
      })

      it('imports the ES module with only rxjs mapped', async () => {
        const { page, errors } = await open(browser, `${address}/esm.html`)
        const names = await page.evaluate<[], () => string[]>('window.result' as never)
        assert.deepEqual(
          sharedNames.filter((shared) => !names.includes(shared)),
          [],
        )
        assert.deepEqual(errors, [])
      })

      for (const file of ['umd.html', 'esm.html']) {
        it(`lets two members of ${file} talk through the command sigver`, async () => {
          const sigver = await startSigver(consumer())
          try {
            const { page, errors } = await open(browser, `${address}/${file}`)
            await page.addScriptTag({ url: `${address}/talk.js` })
            assert.equal(await page.evaluate(`window.talk('${sigver.url}')`), 'hello')
            assert.deepEqual(errors, [])
            if (file === 'umd.html')
              assert.deepEqual(await page.evaluate('window.violations'), ['script-src'])
          } finally {
            sigver.process.kill()
          }
        })
      }
    })
  }
}
