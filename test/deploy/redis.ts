// A real Redis on a port of its own, and Sigvers of this process that are one through it, for redis.test.ts.
import assert from 'node:assert/strict'
import { afterEach } from 'node:test'
import { WebGroup } from '../../src/index.node.js'
import { redisBus, Sigver, type SigverOptions } from '../../src/index.sigver.js'
import { freePort } from '../freePort.js'
import { folder, Running, until } from './processes.js'

const releases: (() => unknown)[] = []

afterEach(async () => {
  for (const release of releases.splice(0).reverse()) await release()
})

export const SECRET = 'the secret of these instances'

export class Redis {
  private server: Running | undefined

  private constructor(readonly port: number) {}

  static async start(): Promise<Redis> {
    const redis = new Redis(await freePort())
    await redis.start()
    return redis
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  async start(): Promise<void> {
    const nothingKept = ['--save', '', '--appendonly', 'no', '--dir', folder()]
    const at = ['--bind', '127.0.0.1', '--port', String(this.port)]
    this.server = new Running('redis-server', [...at, ...nothingKept])
    await this.server.printed('Ready to accept connections')
  }

  async kill(): Promise<void> {
    await this.server?.kill()
  }

  /** It is silent, and its sockets stay open. */
  stop(): void {
    this.server?.child.kill('SIGSTOP')
  }

  goOn(): void {
    this.server?.child.kill('SIGCONT')
  }

  /** An instance in this process. */
  async sigver(options: Partial<SigverOptions> = {}, secret = SECRET): Promise<Sigver> {
    const bus = await redisBus({ url: this.url })
    const sigver = new Sigver({ host: '127.0.0.1', cluster: { bus, secret }, ...options })
    releases.push(() => sigver.close())
    await sigver.listen()
    return sigver
  }

  async sigvers(count: number): Promise<Sigver[]> {
    return Promise.all(Array.from({ length: count }, () => this.sigver()))
  }
}

export function memberAt({ url }: { readonly url: string }): WebGroup {
  const group = new WebGroup({ signalingServer: url, rtcConfiguration: { iceServers: [] } })
  releases.push(() => group.leave())
  return group
}

/** Everyone sees everyone. */
export async function meet(groups: readonly WebGroup[]): Promise<void> {
  const sizes = () => groups.map(({ members }) => members.length).join()
  await until(
    () => groups.every(({ members }) => members.length === groups.length),
    () => `${groups.length} to meet: ${sizes()}`,
  )
}

/** Each says something, and all others hear it. */
export async function talk(groups: readonly WebGroup[], word: string): Promise<void> {
  const heard = groups.map(() => new Set<number>())
  groups.forEach((group, i) => {
    group.onMessage = (id, data) => {
      assert.equal(data, word)
      heard[i]?.add(id)
    }
  })
  for (const group of groups) group.send(word)
  await until(
    () => heard.every(({ size }) => size === groups.length - 1),
    () => `all to hear ${word}: ${heard.map(({ size }) => size).join()}`,
  )
}
