// What browsers get. Importing it touches no browser global, so that servers may import it while they render.
import { rehearse } from './core/rehearsal.js'
import { WebGroupState } from './core/states.js'
import { BrowserPort } from './io/browser.js'
import type { PeerConnectionConstructor } from './io/dataChannel.js'
import type { RtcConfiguration } from './io/ice.js'
import type { WebGroupOptions } from './options.js'
import { BaseWebGroup, type Platform } from './WebGroup.js'

export * from './exports.js'

const platform: Platform = {
  defaultSignalingServer: () => {
    // A page from the disk has the origin 'null'.
    const origin = typeof location === 'undefined' ? '' : location.origin
    return /^https?:/.test(origin) ? origin.replace(/^http/, 'ws') : undefined
  },
  createPort: (options) =>
    new BrowserPort({
      ...options,
      rtcConfiguration: options.rtcConfiguration as RtcConfiguration | undefined,
      rtcPeerConnection: options.rtcPeerConnection as PeerConnectionConstructor | undefined,
    }),
  isFavored: false,
  url: '',
}

/**
 * A group of browsers and Node processes that talk peer to peer. Make it before it is needed: in the first idle moment until
 * `join` the page runs once what a first link needs, so that joining does not wait for it to be compiled.
 */
export class WebGroup extends BaseWebGroup {
  /** @throws NetfluxError BAD_OPTION, BAD_URL; NO_SIGNALING_SERVER outside pages of http(s) */
  constructor(options: WebGroupOptions = {}) {
    super(options, platform)
    // Not every browser has it. Whoever has joined meanwhile must not wait for the rehearsal.
    globalThis.requestIdleCallback?.(() => this.state === WebGroupState.LEFT && rehearse())
  }
}
