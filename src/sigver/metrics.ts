// What Prometheus reads: an observer that counts, and the page with the counts. Loaded by service.ts only if somebody asks
// for metrics. Labels have few values: no topic, id or address ever becomes one.
import cluster from 'node:cluster'
import { AggregatorRegistry, collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { SigverObserver } from '../sigverOptions.js'
import type { Page } from './pages.js'

export class Metrics {
  private readonly registry = new Registry()

  /** Event-loop lag, memory, CPU and garbage collection. */
  constructor() {
    collectDefaultMetrics({ register: this.registry })
    if (cluster.isPrimary) return
    // The parent asks for them.
    new AggregatorRegistry()
    AggregatorRegistry.setRegistries(this.registry)
  }

  observer(): Required<SigverObserver> {
    const connections = this.gauge('sigver_connections', 'WebSockets that are open')
    const rooms = this.gauge('sigver_rooms', 'Rooms that have a peer')
    const peers = this.gauge('sigver_peers', 'Peers in all rooms')
    const accepted = this.counter('sigver_connections_total', 'WebSockets that were accepted')
    const joins = this.counter('sigver_joins_total', 'Peers that came into a room')
    const introductions = this.counter('sigver_introductions_total', 'Pairs that were introduced')
    const relays = this.counter('sigver_relays_total', 'Messages that were passed on')
    const relayed = this.counter('sigver_relayed_bytes_total', 'Bytes of the messages that were passed on')
    const reachable = this.gauge('sigver_cluster_reachable', 'Whether the other instances can be reached')
    const refusals = this.refusals()
    const frames = this.frameSizes()
    return {
      connected: () => (connections.inc(), accepted.inc()),
      disconnected: () => connections.dec(),
      refused: (code) => refusals.inc({ code }),
      frame: (bytes) => frames.observe(bytes),
      room: (_topic, isOpen) => (isOpen ? rooms.inc() : rooms.dec()),
      peer: (_topic, _id, isThere) => {
        if (isThere) joins.inc()
        if (isThere) peers.inc()
        else peers.dec()
      },
      introduced: () => introductions.inc(),
      reachable: (isUp) => reachable.set(isUp ? 1 : 0),
      relayed: (bytes) => (relays.inc(), relayed.inc(bytes)),
    }
  }

  readonly page: Page = metricsPage(
    () => this.registry.metrics(),
    () => this.registry.contentType,
  )

  private gauge(name: string, help: string): Gauge {
    return new Gauge({ name, help, registers: [this.registry] })
  }

  private counter(name: string, help: string): Counter {
    return new Counter({ name, help, registers: [this.registry] })
  }

  private refusals(): Counter<'code'> {
    const help = 'Connections that were refused or closed, by close code or http status'
    return new Counter({
      name: 'sigver_refusals_total',
      help,
      labelNames: ['code'],
      registers: [this.registry],
    })
  }

  /** From a ping to the largest frame. */
  private frameSizes(): Histogram {
    const help = 'Sizes of the frames that came in'
    const buckets = [16, 64, 256, 1_024, 4_096, 16_384, 65_536]
    return new Histogram({ name: 'sigver_frame_bytes', help, buckets, registers: [this.registry] })
  }
}

/** Those of all workers, added up. For their parent. */
export function workersPage(): Page {
  const registry = new AggregatorRegistry()
  return metricsPage(
    () => registry.clusterMetrics(),
    () => registry.contentType,
  )
}

const metricsPage =
  (read: () => Promise<string>, contentType: () => string): Page =>
  (_request, response, path) => {
    if (path !== '/metrics') return false
    void read().then(
      (text) => response.writeHead(200, { 'content-type': contentType() }).end(text),
      () => response.writeHead(500).end(),
    )
    return true
  }
