// One running Sigver with everything around it: its web server, certificate, health and observers. Started by command.ts,
// which also tells it to read its certificate again and to end.
import type { IncomingMessage } from 'node:http'
import processes from 'node:cluster'
import type { Duplex } from 'node:stream'
import type { Logger } from 'pino'
import { messageOf } from '../io/connection.js'
import { addressOf } from '../io/listener.js'
import { urlOf } from '../serverUrl.js'
import { Sigver } from '../Sigver.js'
import type { ClusterOptions } from '../sigverOptions.js'
import { appPage } from './appPage.js'
import { type Certificate, type CertificateFiles, FileWatch, readCertificate } from './certificate.js'
import { ObservingLog } from './logging.js'
import type { Metrics } from './metrics.js'
import { together } from './observer.js'
import { healthPage, lastPage, nothingPage, type Page, serve } from './pages.js'
import { close, listen, renew, type WebServer, webServer } from './servers.js'
import { ProcessBus } from './processBus.js'
import type { Settings } from './settings.js'
import { tokenChecker } from './tokens.js'
import { WORKER_SECRET } from './workers.js'

export class Service {
  private readonly server: WebServer
  private readonly metricsServer: WebServer | undefined
  private readonly sigver: Sigver
  private readonly files: CertificateFiles | undefined
  private readonly watch: FileWatch | undefined
  private readonly observing: ObservingLog
  private readonly sockets = new Set<Duplex>()
  private isReady = false
  private ending: Promise<void> | undefined

  /** @throws Error when the class or a file does not want these settings. It does not listen yet. */
  static async create(settings: Settings, log: Logger): Promise<Service> {
    const cluster = await clusterOf(settings, log)
    if (settings.metricsPort === undefined) return new Service(settings, log, cluster)
    const { Metrics } = await import('./metrics.js')
    return new Service(settings, log, cluster, new Metrics())
  }

  private constructor(
    private readonly settings: Settings,
    private readonly log: Logger,
    cluster: ClusterOptions | undefined,
    metrics?: Metrics,
  ) {
    this.files = certificateFiles(settings)
    const certificate = this.files && readCertificate(this.files)
    if (certificate) this.warnIfExpired(certificate)
    const isReady = () => this.isReady
    this.server = webServer(
      certificate,
      serve([healthPage(isReady), ...appPages(settings, log), lastPage(isReady)]),
    )
    // Workers are asked by their parent.
    if (metrics && !processes.isWorker)
      this.metricsServer = webServer(undefined, serve([metrics.page, healthPage(isReady), nothingPage]))
    // Not `upgrade`: a second listener there would look like a second user of the server.
    this.server.on(certificate ? 'secureConnection' : 'connection', (socket: Duplex) => this.remember(socket))
    this.observing = new ObservingLog(log)
    const observer = together([this.observing.observer, metrics?.observer() ?? {}])
    this.sigver = new Sigver({
      server: this.server,
      ...optionsOf(settings),
      observer,
      ...(cluster && { cluster }),
    })
    if (this.files) this.watch = new FileWatch([this.files.cert, this.files.key], () => this.reload())
  }

  get url(): string {
    return this.sigver.url
  }

  async start(): Promise<void> {
    const { host, port, metricsHost, metricsPort } = this.settings
    if (this.metricsServer) await listen(this.metricsServer, metricsPort ?? 0, metricsHost)
    await listen(this.server, port, host)
    this.isReady = true
  }

  /** Where Prometheus looks; undefined without metrics. */
  get metricsUrl(): string | undefined {
    const url = this.metricsServer && urlOf(this.metricsServer)
    return url && url.replace('ws', 'http') + '/metrics'
  }

  /** New connections get the certificate that the files have now. */
  reload(): void {
    if (!this.files || this.ending) return
    try {
      const certificate = readCertificate(this.files)
      renew(this.server, certificate)
      this.log.info({ expires: certificate.expires }, 'the certificate was read again')
      this.warnIfExpired(certificate)
    } catch (error) {
      this.log.error(`the old certificate stays: ${messageOf(error)}`)
    }
  }

  /** Everyone is told to come back later. Until they are gone, requests are told the same. */
  end(): Promise<void> {
    this.ending ??= this.drain()
    return this.ending
  }

  private async drain(): Promise<void> {
    this.isReady = false
    this.watch?.close()
    await this.sigver.close()
    await this.everyoneGone()
    await close(this.server)
    // Last: until now it has told how the others go.
    if (this.metricsServer) await close(this.metricsServer)
    this.observing.close()
  }

  private remember(socket: Duplex): void {
    this.sockets.add(socket)
    socket.once('close', () => this.sockets.delete(socket))
  }

  /** Sigver gives those who do not answer a moment, and the server those who ask; then they let them go. */
  private async everyoneGone(): Promise<void> {
    this.server.closeIdleConnections()
    const gone = [...this.sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve)))
    await Promise.all(gone)
  }

  private warnIfExpired({ expires }: Certificate): void {
    if (expires.getTime() < Date.now()) this.log.warn({ expires }, 'the certificate has expired')
  }
}

async function clusterOf(
  { redis, clusterSecret }: Settings,
  log: Logger,
): Promise<ClusterOptions | undefined> {
  const secret = process.env[WORKER_SECRET]
  if (processes.isWorker && redis === undefined && secret !== undefined)
    return { bus: new ProcessBus(), secret }
  if (redis === undefined || clusterSecret === undefined) return undefined
  const { redisBus } = await import('./redisBus.js')
  const bus = await redisBus({ url: redis, onError: (error) => log.debug(`Redis: ${error.message}`) })
  return { bus, secret: clusterSecret }
}

function certificateFiles({ tlsCert, tlsKey }: Settings): CertificateFiles | undefined {
  return tlsCert !== undefined && tlsKey !== undefined ? { cert: tlsCert, key: tlsKey } : undefined
}

function appPages({ adminPassword, authSecret, trustProxy }: Settings, log: Logger): readonly Page[] {
  if (adminPassword === undefined || authSecret === undefined) return []
  const whoAsks = (request: IncomingMessage) => addressOf(request, trustProxy)
  return [appPage({ password: adminPassword, secret: authSecret, addressOf: whoAsks, log })]
}

/** Only what was given: the class has its own defaults. */
function optionsOf(settings: Settings) {
  const { path, origin, trustProxy, turnUrl, turnSecret, authSecret } = settings
  const { maxRooms, maxPeersPerRoom, maxConnectionsPerIp, framesPerSecond } = settings
  return {
    path,
    trustProxy,
    ...(origin.length > 0 && { origins: origin }),
    ...(maxRooms !== undefined && { maxRooms }),
    ...(maxPeersPerRoom !== undefined && { maxPeersPerRoom }),
    ...(maxConnectionsPerIp !== undefined && { maxConnectionsPerIp }),
    ...(framesPerSecond !== undefined && { framesPerSecond }),
    ...(authSecret !== undefined && { authenticate: tokenChecker(authSecret) }),
    ...(turnSecret !== undefined && { turn: { urls: turnUrl, secret: turnSecret } }),
  }
}
