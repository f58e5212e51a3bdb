// A path between two ends that keeps what goes over it until a test says what becomes of it. Used by sessionStage.ts.
import type { MemberId } from '../../src/core/contract.js'
import { Graph } from '../../src/core/graph.js'
import { type Link, newLink, type PeerName } from '../../src/core/link.js'
import { type LinkContext, Links } from '../../src/core/links.js'
import { Paths } from '../../src/core/paths.js'
import { encodeFrame, type Frame } from '../../src/core/wire.js'

/** The one path to the one peer. */
export class Path extends Paths {
  readonly underway: Uint8Array[] = []
  private link: Link

  constructor(
    context: LinkContext,
    private readonly peer: PeerName,
  ) {
    super(context, new Links(context, () => {}), new Graph(context.me.id))
    this.link = this.newLink(1)
  }

  /** Another transport from now on: what is underway on the old one may still come. */
  change(): void {
    this.link = this.newLink(this.link.channel + 1)
  }

  /** The transport has sent what was queued. */
  drain(): Link {
    this.link.queued = 0
    return this.link
  }

  override linkTo(): Link {
    return this.link
  }

  override reaches(): boolean {
    return true
  }

  override send(_to: MemberId, frame: Frame, ...payload: Uint8Array[]): boolean {
    this.sendOver(this.link, _to, frame, ...payload)
    return true
  }

  override sendOver(link: Link, _to: MemberId, frame: Frame, ...payload: Uint8Array[]): void {
    const bytes = encodeFrame(frame, undefined, ...payload)
    link.queued += bytes.length
    this.underway.push(bytes)
  }

  private newLink(channel: number): Link {
    const name = { dialer: this.peer.id, attempt: channel }
    return newLink({
      channel,
      kind: 'websocket',
      role: 'dialer',
      name,
      url: '',
      peer: this.peer,
      deadline: 0,
      invitation: 0,
    })
  }
}
