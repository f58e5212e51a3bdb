// A Transport over one RTCPeerConnection with one pre-negotiated, ordered data channel: the browser's, that of
// @roamhq/wrtc or of another implementation. Used by the ports. The channel is always closed before its connection,
// and neither is touched or listened to afterwards.
import { type Milliseconds, NO_ANSWER, type TurnServer } from '../core/contract.js'
import * as limits from '../core/limits.js'
import { Connection, messageOf, sendable } from './connection.js'
import {
  ask,
  candidateText,
  CandidateWindow,
  describesDataChannel,
  isRelayed,
  parseCandidate,
} from './ice.js'
import type { RtcConfiguration } from './ice.js'
import type { LateSends } from './lateSends.js'
import type { Page } from './page.js'
import type { PeerConnections } from './peerConnections.js'

export type PeerConnectionConstructor = new (configuration?: RTCConfiguration) => RTCPeerConnection

export interface PeerSetup {
  readonly RTCPeerConnection: PeerConnectionConstructor
  readonly configuration: RtcConfiguration | undefined
  readonly connections: PeerConnections
  /** Sigver's, besides those of the configuration. */
  readonly turn?: TurnServer | undefined
  /** Where no event tells of a shrinking queue. */
  readonly pollEvery?: Milliseconds
  /** For an implementation that cannot send at any time. */
  readonly lateSends?: (channel: RTCDataChannel, failed: (error: unknown) => void) => LateSends
  /** Of a browser: when it goes away there is no time for an answer. */
  readonly page?: Pick<Page, 'isLeaving' | 'closeLeaving'>
}

export class DataChannelTransport extends Connection {
  private peer: RTCPeerConnection | undefined
  private channel: RTCDataChannel | undefined
  private giveBack: (() => void) | undefined
  private problem = ''
  private hasOpened = false
  private hasHeardFarewell = false
  /** It closed without waiting for an answer. */
  private isOtherGone = false
  private lateSends: LateSends | undefined
  /** What setRemoteDescription may be called for. */
  private isAnswerDue = false
  /** Not every implementation takes one call after the other by itself. */
  private described: Promise<void> | undefined
  private remoteCandidates: RTCIceCandidateInit[] = []
  private remoteCandidateCount = 0
  private hasRemoteDescription = false
  /** One of us may be reached through a TURN server. */
  private hasRelayed = false
  private readonly localCandidates: CandidateWindow

  /** Makes an offer, or answers the one given. */
  constructor(
    private readonly setup: PeerSetup,
    offer?: string,
  ) {
    super()
    const window = offer === undefined ? limits.candidateWindow : limits.answerersCandidates
    this.localCandidates = new CandidateWindow(window, (found) =>
      this.deliver((owner) => owner.candidates?.(found)),
    )
    this.attempt(this.begin(offer))
  }

  get queued(): number {
    return this.isOver ? 0 : (this.channel?.bufferedAmount ?? 0) + (this.lateSends?.queued ?? 0)
  }

  protected override get pollEvery(): Milliseconds | undefined {
    return this.setup.pollEvery
  }

  /** The answer to my offer came. */
  settle(sdp: string): void {
    if (!this.isAnswerDue) return
    this.isAnswerDue = false
    this.guard(() => this.attempt(this.setRemote('answer', sdp)))
  }

  /** Candidates of the other side; those that come before its description wait for it. */
  addCandidates(candidates: readonly string[]): void {
    for (const text of candidates) {
      if (this.remoteCandidateCount++ >= limits.candidates) break
      const candidate = parseCandidate(text)
      if (!candidate) continue
      this.remoteCandidates.push(candidate)
      this.hasRelayed ||= isRelayed(text)
    }
    this.guard(() => this.useCandidates())
  }

  protected write(bytes: Uint8Array): void {
    if (!this.channel) throw new Error('the channel is not open yet')
    if (this.lateSends) this.lateSends.add(bytes.slice())
    else this.channel.send(sendable(bytes))
  }

  protected shut(): void {
    this.localCandidates.stop()
    this.remoteCandidates = []
    const { peer, channel, lateSends, giveBack } = this
    this.peer = this.channel = this.lateSends = undefined
    if (peer) detach(peer)
    if (channel) detach(channel)
    const finish = () => {
      lateSends?.clear()
      try {
        channel?.close()
        peer?.close()
      } finally {
        giveBack?.()
      }
    }
    if (channel?.readyState !== 'open' || this.isOtherGone) return finish()
    const page = this.setup.page?.isLeaving ? this.setup.page : undefined
    const isShort = channel.bufferedAmount <= limits.closeAtOnce
    try {
      // The answer: whoever has said farewell hears nothing more.
      if (this.hasHeardFarewell) channel.close()
      else if (lateSends) lateSends.add(FAREWELL)
      else channel.send(page ? FAREWELL_AT_ONCE : FAREWELL)
    } catch {
      return finish()
    }
    if (page && isShort) return page.closeLeaving(finish)
    part(channel, finish)
    page?.closeLeaving(() => channel.close())
  }

  private attempt(step: Promise<void>): void {
    step.catch((error: unknown) => this.end(0, messageOf(error)))
  }

  private async begin(offer: string | undefined): Promise<void> {
    this.giveBack = this.setup.connections.take()
    if (!this.giveBack) throw new Error('TOO_MANY_CONNECTIONS: no peer connection is left in this process')
    const configuration = await ask(this.setup.configuration, this.setup.turn)
    if (this.isOver) return
    this.connect(configuration, offer !== undefined)
    if (offer !== undefined) await this.setRemote('offer', offer)
    await this.describe(offer === undefined)
  }

  private connect(configuration: RTCConfiguration, isAnswering: boolean): void {
    const peer = new this.setup.RTCPeerConnection(configuration)
    this.peer = peer
    peer.onicecandidate = ({ candidate }) => {
      const text = candidateText(candidate)
      if (!text) return
      this.localCandidates.add(text)
      this.hasRelayed ||= isRelayed(text)
    }
    // 'disconnected' may heal by itself; who gives up then is decided elsewhere.
    const check = () => {
      if (this.peer !== peer) return
      // Without my candidates: if not through a TURN server, they could not make it better.
      if (isAnswering && peer.iceConnectionState === 'connected' && !this.hasRelayed)
        this.localCandidates.stop()
      if (peer.connectionState === 'failed' || peer.iceConnectionState === 'failed')
        this.end(NO_ANSWER, 'ICE failed')
    }
    peer.onconnectionstatechange = check
    peer.oniceconnectionstatechange = check
    this.channel = peer.createDataChannel('netflux', { negotiated: true, id: 0, ordered: true })
    this.attach(this.channel)
    this.lateSends = this.setup.lateSends?.(this.channel, (error) => this.end(0, messageOf(error)))
  }

  private attach(channel: RTCDataChannel): void {
    channel.binaryType = 'arraybuffer'
    channel.bufferedAmountLowThreshold = limits.channelLow - 1
    channel.onbufferedamountlow = () => void this.checkQueue()
    channel.onopen = () => this.onOpen()
    channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      this.onOpen()
      if (data !== FAREWELL && data !== FAREWELL_AT_ONCE) return this.received(data)
      this.hasHeardFarewell = true
      this.isOtherGone = data === FAREWELL_AT_ONCE
      this.end(0, 'the other side closed the channel')
    }
    channel.onerror = (event) => {
      this.problem = ('error' in event && messageOf(event.error)) || ''
    }
    channel.onclose = () => this.end(0, this.problem || 'the other side closed the channel')
  }

  private onOpen(): void {
    if (this.hasOpened) return
    this.hasOpened = true
    this.deliver((owner) => owner.opened?.())
  }

  /** Explicit descriptions: @roamhq/wrtc does not make them by itself. */
  private async describe(isOffer: boolean): Promise<void> {
    if (!this.peer) return
    const { type, sdp = '' } = isOffer ? await this.peer.createOffer() : await this.peer.createAnswer()
    if (this.isOver) return
    this.described = this.peer.setLocalDescription({ type, sdp })
    this.isAnswerDue = isOffer
    // The other side need not wait for it to be done here.
    this.deliver((owner) => owner.described?.(sdp))
    this.localCandidates.open()
    await this.described
  }

  private async setRemote(type: 'offer' | 'answer', sdp: string): Promise<void> {
    if (!describesDataChannel(sdp)) throw new Error(`the ${type} does not describe a data channel`)
    await this.described
    await this.peer?.setRemoteDescription({ type, sdp })
    this.hasRemoteDescription = true
    this.useCandidates()
  }

  private useCandidates(): void {
    if (!this.hasRemoteDescription) return
    for (const candidate of this.remoteCandidates.splice(0)) this.useCandidate(candidate)
  }

  /** One that cannot be used is no reason to give up: another may do. */
  private useCandidate(candidate: RTCIceCandidateInit): void {
    try {
      this.peer?.addIceCandidate(candidate).catch(ignore)
    } catch {
      // @roamhq/wrtc throws what it should reject.
    }
  }
}

/** Late events must find nobody. */
function detach(target: RTCPeerConnection | RTCDataChannel): void {
  if ('createOffer' in target) {
    target.onicecandidate = target.onconnectionstatechange = target.oniceconnectionstatechange = null
  } else {
    target.onopen = target.onmessage = target.onclose = target.onerror = target.onbufferedamountlow = null
  }
}

/** After its farewell an end says nothing more. Frames are binary: no frame looks like it. */
const FAREWELL = 'farewell'
/** The same of a page that goes away: it closes soon, without waiting for that. */
const FAREWELL_AT_ONCE = 'farewell at once'

/**
 * Waits, within limits.closing, until the channel is closed by whoever hears a farewell. Closing at once would lose what is
 * queued, in @roamhq/wrtc also what has arrived there and was not handed to the user yet; and that implementation crashes a
 * process that sends in the moment in which the other side closes: so nobody closes to whom more may be sent.
 */
function part(channel: RTCDataChannel, finish: () => void): void {
  const done = () => {
    clearTimeout(cut)
    channel.onclose = channel.onmessage = null
    finish()
  }
  const cut = setTimeout(done, limits.closing)
  channel.onclose = done
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (data === FAREWELL || data === FAREWELL_AT_ONCE) done()
  }
}

function ignore(): void {}
