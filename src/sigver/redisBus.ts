// A bus over Redis: publish and subscribe, so nothing is kept there. Loaded only where it is asked for, as `@redis/client`
// is an optional package.
import type { createClient } from '@redis/client'
import { NetfluxError } from '../core/errors.js'
import type { Bus, BusEvents } from './bus.js'
import { Echo } from './echo.js'
import { Spares } from './spares.js'

type Client = ReturnType<typeof createClient>

export interface RedisBusOptions {
  /** `redis://` or `rediss://`, with user, password and number of the database, if any. */
  url: string
  /** Sigvers with the same prefix are one. Default: 'netflux'. */
  prefix?: string
  /** Hears why Redis cannot be reached, each time; for a log. */
  onError?: (error: Error) => void
}

/** Pauses between attempts, in milliseconds: a Redis that comes back is found within a second. A guess. */
const LONGEST_PAUSE = 1_000
/** How long close() may take. A guess. */
const LONGEST_GOODBYE = 1_000
/** Does not connect yet. @throws NetfluxError BAD_OPTION if `@redis/client` is not installed. */
export async function redisBus(options: RedisBusOptions): Promise<Bus> {
  const library = await import('@redis/client').catch(() => {
    throw new NetfluxError('BAD_OPTION', 'several instances need the package @redis/client')
  })
  return new RedisBus(
    options,
    (url) =>
      library.createClient({
        url,
        // What cannot be said now is void later.
        disableOfflineQueue: true,
        socket: {
          reconnectStrategy: (tries) => Math.min(50 * 2 ** tries, LONGEST_PAUSE),
          connectTimeout: 5_000,
        },
      }) as Client,
  )
}

class RedisBus implements Bus {
  private readonly publisher: Client
  /** The same, without a time limit for each message, for which the client would make a timer and an AbortSignal. */
  private readonly speaker: Pick<Client, 'publish'>
  private readonly subscriber: Client
  private readonly prefix: string
  private readonly spares = new Spares()
  private echoChannel = ''
  private isSubscribed = false
  private readonly echo: Echo
  private isUp = false
  private isClosed = false
  private tell: (isUp: boolean) => void = () => {}

  constructor(
    private readonly options: RedisBusOptions,
    connect: (url: string) => Client,
  ) {
    this.prefix = options.prefix ?? 'netflux'
    this.publisher = connect(options.url)
    this.speaker = this.publisher.withCommandOptions({ timeout: 0 })
    this.subscriber = connect(options.url)
    this.echo = new Echo({
      call: () => void this.say(this.echoChannel, '').catch(() => {}),
      changed: () => this.check(),
      // After a cut TCP waits up to two minutes before it tries the old sockets again.
      revive: () => this.clients.forEach((client) => this.connectAnew(client)),
    })
  }

  open(me: string, events: BusEvents): void {
    this.tell = events.reachable
    this.echoChannel = `${this.channelOf(me)}:echo`
    for (const client of this.clients) {
      client.on('error', (error: Error) => {
        this.options.onError?.(error)
        this.check()
      })
      client.on('ready', () => this.check())
      client.on('end', () => this.check())
      this.connect(client)
    }
    const channels = [this.channelOf(me), this.channelOf(undefined), this.echoChannel]
    // One and the same each time: another one would hear everything twice.
    const hear = (bytes: Uint8Array, channel: Buffer) => {
      if (channel.toString() === this.echoChannel) this.echo.heard()
      else events.message(bytes)
    }
    this.subscriber.on('ready', () => void this.subscribe(channels, hear))
    this.subscriber.on('error', () => (this.isSubscribed = false))
  }

  publish(to: string | undefined, bytes: Uint8Array): void {
    if (!this.publisher.isReady) return
    const copy = this.spares.copy(bytes)
    // What was not answered may still be on its way.
    this.say(this.channelOf(to), copy).then(
      () => this.spares.giveBack(copy),
      () => {},
    )
  }

  async close(): Promise<void> {
    this.isClosed = true
    this.echo.stop()
    await Promise.all(this.clients.map((client) => this.end(client)))
  }

  private async end(client: Client): Promise<void> {
    // close() waits for what was published: for ever, if Redis has gone meanwhile.
    const late = new Promise((resolve) => setTimeout(resolve, LONGEST_GOODBYE).unref())
    try {
      if (client.isReady) await Promise.race([client.close(), late])
      client.destroy()
    } catch {
      // It is closed already.
    }
  }

  private get clients(): readonly Client[] {
    return [this.publisher, this.subscriber]
  }

  /** It goes on trying by itself. This rejects when we close meanwhile. */
  private connect(client: Client): void {
    client.connect().catch(() => {})
  }

  private connectAnew(client: Client): void {
    // While it is still connecting it has a time limit of its own.
    if (!client.isReady) return
    client.destroy()
    this.connect(client)
  }

  /** Rejects when Redis cannot be reached. */
  private say(channel: string, message: Buffer | string): Promise<unknown> {
    return this.speaker.publish(channel, message)
  }

  private async subscribe(
    channels: string[],
    hear: (bytes: Uint8Array, channel: Buffer) => void,
  ): Promise<void> {
    try {
      await this.subscriber.subscribe(channels, hear, true)
      this.isSubscribed = true
      if (!this.isClosed) this.echo.start()
    } catch {
      this.isSubscribed = false
    }
    this.check()
  }

  /** Who closes knows that it does. */
  private check(): void {
    if (this.isClosed) return
    const isConnected = this.publisher.isReady && this.subscriber.isReady && this.isSubscribed
    const isUp = isConnected && !this.echo.isSilent
    if (isUp === this.isUp) return
    this.isUp = isUp
    this.tell(isUp)
  }

  private channelOf(to: string | undefined): string {
    return `${this.prefix}:${to ?? '*'}`
  }
}
