// What the parent of several workers runs: them, and the page with the metrics of all. Started by command.ts, as service.ts is.
import type { Logger } from 'pino'
import { urlOf } from '../serverUrl.js'
import { healthPage, nothingPage, serve } from './pages.js'
import { close, listen, type WebServer, webServer } from './servers.js'
import type { Settings } from './settings.js'
import { Workers } from './workers.js'

export class WorkersService {
  url = ''
  private readonly workers: Workers
  private metricsServer: WebServer | undefined
  private isReady = false
  private ending: Promise<void> | undefined

  constructor(
    private readonly settings: Settings,
    log: Logger,
  ) {
    this.workers = new Workers(settings.workers, log)
  }

  async start(): Promise<void> {
    this.url = await this.workers.start()
    await this.startMetrics()
    this.isReady = true
  }

  /** Where Prometheus looks; undefined without metrics. */
  get metricsUrl(): string | undefined {
    const url = this.metricsServer && urlOf(this.metricsServer)
    return url && url.replace('ws', 'http') + '/metrics'
  }

  /** The workers read their certificates again. */
  reload(): void {
    this.workers.signal('SIGHUP')
  }

  end(): Promise<void> {
    this.ending ??= this.drain()
    return this.ending
  }

  private async drain(): Promise<void> {
    this.isReady = false
    await this.workers.end()
    if (this.metricsServer) await close(this.metricsServer)
  }

  private async startMetrics(): Promise<void> {
    const { metricsPort, metricsHost } = this.settings
    if (metricsPort === undefined) return
    const { workersPage } = await import('./metrics.js')
    this.metricsServer = webServer(
      undefined,
      serve([workersPage(), healthPage(() => this.isReady), nothingPage]),
    )
    await listen(this.metricsServer, metricsPort, metricsHost)
  }
}
