// A redis-server of this machine on a port of its own, and what it costs. Used by run.ts.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createClient } from '@redis/client'
import { freePort } from '../../test/freePort.js'

const connect = (url: string) => createClient({ url }).connect()

export class Redis {
  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
    private readonly client: Awaited<ReturnType<typeof connect>>,
  ) {}

  static async start(): Promise<Redis> {
    const port = String(await freePort())
    const nothingKept = ['--save', '', '--appendonly', 'no', '--dir', '/']
    const child = spawn('redis-server', ['--bind', '127.0.0.1', '--port', port, ...nothingKept])
    await new Promise<void>((resolve, reject) => {
      child.on('error', reject)
      child.on('exit', () => reject(new Error('redis-server did not start')))
      child.stdout.on('data', (text) => String(text).includes('Ready to accept') && resolve())
    })
    const url = `redis://127.0.0.1:${port}`
    return new Redis(url, child, await connect(url))
  }

  /** Seconds since its start. */
  async cpu(): Promise<number> {
    const info = String(await this.client.info('cpu'))
    const seconds = (name: string) => Number(new RegExp(`${name}:([\\d.]+)`).exec(info)?.[1])
    return seconds('used_cpu_user') + seconds('used_cpu_sys')
  }

  async end(): Promise<void> {
    await this.client.close()
    const exit = once(this.child, 'exit')
    this.child.kill()
    await exit
  }
}
