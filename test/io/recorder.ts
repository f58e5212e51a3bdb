// Stands in for a driver: performs outputs on a port, keeps every input, and notes each breach of what port.ts and
// contract.ts promise about them. Used by the contract suite under node:test and under jasmine.
import type { ChannelId, Input } from '../../src/core/contract.js'
import type { IoOutput, Port } from '../../src/io/port.js'

const DEADLINE = 8_000

type Kind = Input['on']
type Of<K extends Kind> = Extract<Input, { on: K }>
type Life = 'begun' | 'opened' | 'closed'

export class Recorder {
  readonly inputs: Input[] = []
  readonly breaches: string[] = []
  private readonly lives = new Map<ChannelId, Life>()
  private readonly watchers = new Set<(input: Input) => void>()
  private depth = 0
  private lastChannel = 0

  constructor(
    readonly port: Port,
    readonly name: string,
  ) {
    port.start((input) => this.take(input))
  }

  /** A number for a channel that this side opens. */
  fresh(): ChannelId {
    this.lives.set(++this.lastChannel, 'begun')
    return this.lastChannel
  }

  perform(output: IoOutput): void {
    this.enter(() => this.port.perform(output))
    if (output.do === 'close') this.lives.set(output.channel, 'closed')
  }

  closeAll(): void {
    for (const [channel, life] of [...this.lives]) if (life !== 'closed') this.close(channel)
  }

  adopt(socket: Parameters<Port['adopt']>[0]): ChannelId {
    const channel = this.enter(() => this.port.adopt(socket))
    this.lives.set(channel, 'opened')
    return channel
  }

  release(channel: ChannelId) {
    this.lives.set(channel, 'closed')
    return this.enter(() => this.port.release(channel))
  }

  send(channel: ChannelId, bytes: Uint8Array): void {
    this.perform({ do: 'send', channel, bytes })
  }

  close(channel: ChannelId, code?: number, reason?: string): void {
    this.perform({ do: 'close', channel, ...(code !== undefined && { code }), ...(reason && { reason }) })
  }

  of<K extends Kind>(kind: K, channel?: ChannelId): Of<K>[] {
    const isWanted = (input: Input): input is Of<K> =>
      input.on === kind && (channel === undefined || ('channel' in input && input.channel === channel))
    return this.inputs.filter(isWanted)
  }

  received(channel: ChannelId): Uint8Array[] {
    return this.of('received', channel).map(({ bytes }) => bytes)
  }

  /** The `count`-th input of this kind about a channel, as soon as it is there. */
  async wait<K extends Kind>(kind: K, channel?: ChannelId, count = 1): Promise<Of<K>> {
    await this.until(() => this.of(kind, channel).length >= count, `${kind} ${channel ?? ''} (${count})`)
    const found = this.of(kind, channel)[count - 1]
    if (!found) throw new Error('unreachable')
    return found
  }

  /** Calls back for each input, those that came already too; returns how to end that. */
  each(callback: (input: Input) => void): () => void {
    this.inputs.forEach(callback)
    this.watchers.add(callback)
    return () => this.watchers.delete(callback)
  }

  /** Checked at each input; there is a deadline and no sleep. */
  until(isTrue: () => boolean, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const check = () => {
        if (!isTrue()) return
        this.watchers.delete(check)
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(() => {
        this.watchers.delete(check)
        reject(new Error(`${this.name} waits for ${what}; it had ${this.story()}`))
      }, DEADLINE)
      this.watchers.add(check)
      check()
    })
  }

  /** The last inputs, for messages. */
  private story(): string {
    const line = (input: Input) =>
      JSON.stringify(input, (key, value) => (key === 'bytes' ? undefined : value))
    return this.inputs.slice(-12).map(line).join(' ').slice(0, 2_000)
  }

  private enter<T>(action: () => T): T {
    this.depth++
    try {
      return action()
    } catch (error) {
      this.breaches.push(`${this.name}: thrown at the driver: ${String(error)}`)
      throw error
    } finally {
      this.depth--
    }
  }

  private take(input: Input): void {
    if (this.depth > 0) this.breaches.push(`${this.name}: ${input.on} came from inside a call`)
    if ('channel' in input) this.follow(input)
    this.inputs.push(input)
    for (const watcher of [...this.watchers]) watcher(input)
  }

  private follow(input: Extract<Input, { channel: ChannelId }>): void {
    const life = this.lives.get(input.channel)
    if (life === undefined || life === 'closed') this.breaches.push(`${this.name}: ${input.on} after the end`)
    const needsOpen = input.on === 'received' || input.on === 'drained'
    if (needsOpen && life !== 'opened') this.breaches.push(`${this.name}: ${input.on} before opened`)
    if (input.on === 'opened' && life === 'opened') this.breaches.push(`${this.name}: opened twice`)
    if (input.on === 'opened') this.lives.set(input.channel, 'opened')
    if (input.on === 'closed') this.lives.set(input.channel, 'closed')
  }
}
