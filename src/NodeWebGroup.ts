// The WebGroup of Node processes. Bot.ts makes its groups of it, too, and hands them the sockets that it accepted.
import type { PeerConnectionConstructor } from './io/dataChannel.js'
import type { RtcConfiguration } from './io/ice.js'
import { NodePort } from './io/node.js'
import type { Transport } from './io/port.js'
import type { CheckedOptions, WebGroupOptions } from './options.js'
import { BaseWebGroup, type Platform } from './WebGroup.js'

function createPort(options: CheckedOptions): NodePort {
  return new NodePort({
    ...options,
    rtcConfiguration: options.rtcConfiguration as RtcConfiguration | undefined,
    rtcPeerConnection: options.rtcPeerConnection as PeerConnectionConstructor | undefined,
  })
}

const platform: Omit<Platform, 'url'> = {
  defaultSignalingServer: () => undefined,
  createPort,
  isFavored: true,
}

/** A group of browsers and Node processes that talk peer to peer. In Node `signalingServer` is required. */
export class WebGroup extends BaseWebGroup {
  /** @throws NetfluxError BAD_OPTION, BAD_URL, NO_SIGNALING_SERVER */
  constructor(options?: WebGroupOptions)
  /** @internal For Bot: `url` is where it accepts WebSockets. */
  constructor(options: WebGroupOptions | undefined, url: string)
  constructor(options: WebGroupOptions = {}, url = '') {
    super(options, { ...platform, url })
  }
}

/** What a bot is told about one of its groups. */
export interface BotGroupEvents {
  /** Nobody else is left, and that for good. */
  alone(): void
  /** Nothing of it is left. */
  released(): void
}

/** A group that a bot was invited into. */
export class BotGroup extends WebGroup {
  readonly #events: BotGroupEvents

  constructor(options: WebGroupOptions, url: string, events: BotGroupEvents) {
    super(options, url)
    this.#events = events
  }

  /** Joins; nothing is told before `then` has run. */
  joinQuietly(key: string, then: () => void): void {
    this.internals().driver.holding(() => {
      void this.join(key)
      then()
    })
  }

  /** Takes over a socket that said this hello in answer to the nonce. */
  adopt(socket: Transport, nonce: Uint8Array, hello: Uint8Array): void {
    const { driver, port } = this.internals()
    driver.submit({ on: 'adopted', channel: port.adopt(socket), nonce, hello })
  }

  protected override onAlone(): void {
    this.#events.alone()
  }

  protected override onReleased(): void {
    this.#events.released()
  }
}
