// The log of the command: one line per event, as JSON or for people. Called by command.ts and service.ts.
// Secrets and tokens never get here; addresses of members only with the level debug.
import { type Logger, pino } from 'pino'
import { closeCodes } from '../core/closeCodes.js'
import type { SigverObserver } from '../sigverOptions.js'
import type { Settings } from './settings.js'

export async function createLog({
  logLevel,
  logFormat,
}: Pick<Settings, 'logLevel' | 'logFormat'>): Promise<Logger> {
  const options = {
    level: logLevel,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (level: string) => ({ level }) },
  }
  if (logFormat === 'json') return pino(options)
  const { default: pretty } = await import('pino-pretty')
  return pino(options, pretty({ sync: true, translateTime: 'SYS:standard' }))
}

/** How often refusals are summed up. An attack must not fill the disk. */
const SUMMARY_EVERY = 60_000

/** Single connections with the level debug; refusals once a minute by code. */
export class ObservingLog {
  private readonly refusals = new Map<number, number>()
  private readonly timer = setInterval(() => this.sumUp(), SUMMARY_EVERY).unref()

  constructor(private readonly log: Logger) {}

  get observer(): Partial<SigverObserver> {
    const { log } = this
    const refused = (code: number, reason: string, address: string) => {
      if (code === closeCodes.closing) return
      this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1)
      log.debug({ code, reason, address }, 'refused')
    }
    const reachable = (isUp: boolean) =>
      isUp
        ? log.info('the other instances can be reached')
        : log.error('the other instances cannot be reached: new members of their groups wait')
    if (!log.isLevelEnabled('debug')) return { refused, reachable }
    return {
      refused,
      reachable,
      connected: (address) => log.debug({ address }, 'connected'),
      disconnected: (code) => log.debug({ code }, 'disconnected'),
    }
  }

  close(): void {
    clearInterval(this.timer)
    this.sumUp()
  }

  private sumUp(): void {
    if (this.refusals.size === 0) return
    const refusals = Object.fromEntries(this.refusals)
    this.refusals.clear()
    this.log.warn({ refusals }, 'connections were refused; the numbers are counts by code')
  }
}
