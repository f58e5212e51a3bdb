// What a page tells about itself: online or not, visible or not, going away, coming back. Copes with workers, which
// have no document, and with servers that render pages, which have neither that nor events. Used by the browser's port.
import type { Input } from '../core/contract.js'
import * as limits from '../core/limits.js'

export class Page {
  /** From `pagehide` until `pageshow`: there may be no later turn. */
  isLeaving = false
  private isWatched = false
  /** What `pagehide` made close, while its event is handled. */
  private closings: (() => void)[] | undefined

  constructor(private readonly emit: (input: Input) => void) {}

  /** When it begins, the present state is told at once, so that a join that follows knows it. */
  watch(active: boolean): void {
    if (active === this.isWatched || typeof addEventListener !== 'function') return
    this.isWatched = active
    const change = active ? addEventListener : removeEventListener
    change('online', this.onChange)
    change('offline', this.onChange)
    change('pagehide', takeTheCut)
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

  /** For what has said farewell in a page that goes away: closes it before the event ends, see limits.lingering. */
  closeLeaving(close: () => void): void {
    if (this.closings) this.closings.push(close)
    else close()
  }

  private readonly onHide = (): void => {
    this.isLeaving = true
    this.closings = []
    this.emit({ on: 'pagehide' })
    const { closings } = this
    this.closings = undefined
    if (closings.length > 0) stayBusy(limits.lingering)
    for (const close of closings) close()
  }

  private readonly onShow = (): void => {
    // Browsers also fire it when a page has loaded.
    if (!this.isLeaving) return
    this.isLeaving = false
    this.emit({ on: 'pageshow' })
    this.onChange()
  }
}

/** Firefox cuts short the script that runs when it hears that the tab is closed, once, and no `finally` runs then: a
 *  driver cut in the midst of its work would say no goodbye. So the cut shall hit this. */
function takeTheCut(): void {
  stayBusy(limits.cutShort)
}

/** A page that goes away cannot wait in another way, and its network has threads of its own. */
function stayBusy(milliseconds: number): void {
  const end = performance.now() + milliseconds
  while (performance.now() < end);
}
