// Makes groups from options that can be handed to a page. Runs in pages and in Node alike.
import { WebGroup } from '#netflux'
import { Agent } from './agent.js'

export interface GroupOptions {
  readonly signalingServer: string
  readonly autoRejoin?: boolean
  /** Of the peer connections made, only so many ever find the other side. */
  readonly connections?: number
}

export function makeAgent({ connections, ...options }: GroupOptions): Agent {
  const rtcPeerConnection = connections === undefined ? undefined : cutOffAfter(connections)
  return new Agent(new WebGroup({ ...options, rtcConfiguration: { iceServers: [] }, rtcPeerConnection }))
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
