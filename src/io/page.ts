// What a page tells about itself: online or not, visible or not, going away, coming back. Copes with workers, which
// have no document, and with servers that render pages, which have neither that nor events.
import type { Input } from '../core/contract.js'

export class Page {
  /** From `pagehide` until `pageshow`: there may be no later turn. */
  isLeaving = false
  private isWatched = false

  constructor(private readonly emit: (input: Input) => void) {}

  /** When it begins, the present state is told at once, so that a join that follows knows it. */
  watch(active: boolean): void {
    if (active === this.isWatched || typeof addEventListener !== 'function') return
    this.isWatched = active
    const change = active ? addEventListener : removeEventListener
    change('online', this.onChange)
    change('offline', this.onChange)
    change('pagehide', this.onHide)
    change('pageshow', this.onShow)
    if (typeof document !== 'undefined') {
      if (active) document.addEventListener('visibilitychange', this.onChange)
      else document.removeEventListener('visibilitychange', this.onChange)
    }
    if (!active) return
    this.isLeaving = false
    this.onChange()
  }

  private readonly onChange = (): void => {
    const online = typeof navigator === 'undefined' || navigator.onLine !== false
    const visible = typeof document === 'undefined' || document.visibilityState !== 'hidden'
    this.emit({ on: 'environment', online, visible })
  }

  private readonly onHide = (): void => {
    this.isLeaving = true
    this.emit({ on: 'pagehide' })
  }

  private readonly onShow = (): void => {
    // Browsers also fire it when a page has loaded.
    if (!this.isLeaving) return
    this.isLeaving = false
    this.emit({ on: 'pageshow' })
    this.onChange()
  }
}
