// Makes groups from options that can be handed to a page. Runs in pages and in Node alike.
import { WebGroup, WebGroupState } from '#netflux'
import { Agent } from './agent.js'

export interface GroupOptions {
  readonly signalingServer: string
  readonly autoRejoin?: boolean
  /** Of the peer connections made, only so many ever find the other side. */
  readonly connections?: number
}

export function makeAgent({ connections, ...options }: GroupOptions): Agent {
  const rtcPeerConnection = connections === undefined ? undefined : cutOffAfter(connections)
  const group = new Leaver({ ...options, rtcConfiguration: { iceServers: [] }, rtcPeerConnection })
  return new Agent(group, () => group.end())
}

class Leaver extends WebGroup {
  private whenReleased = () => {}

  protected override onReleased(): void {
    this.whenReleased()
  }

  /** Leaves. Resolves when everyone was told, as far as that can be. */
  async end(): Promise<void> {
    if (this.state === WebGroupState.LEFT) return
    const released = new Promise<void>((resolve) => (this.whenReleased = resolve))
    this.leave()
    await released
  }
}

/** A network where some pairs have no path: later connections neither tell nor hear of candidates. */
function cutOffAfter(connections: number): typeof RTCPeerConnection {
  let made = 0
  return class extends RTCPeerConnection {
    private readonly isCutOff = made++ >= connections

    override addIceCandidate(candidate?: RTCIceCandidateInit | null): Promise<void> {
      return this.isCutOff ? Promise.resolve() : super.addIceCandidate(candidate)
    }

    override set onicecandidate(handler: RTCPeerConnection['onicecandidate']) {
      super.onicecandidate = this.isCutOff ? null : handler
    }
  }
}
