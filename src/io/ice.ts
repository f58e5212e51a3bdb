// What a peer connection is configured with, and what it tells the other side and is told: configurations, session
// descriptions and candidates, checked. Used by dataChannel.ts; it opens nothing.
import type { Milliseconds, TurnServer } from '../core/contract.js'
import * as limits from '../core/limits.js'

/** As users write it: also a function, also an asynchronous one, which is asked before each connection. */
export type RtcConfiguration = RTCConfiguration | (() => RTCConfiguration | Promise<RTCConfiguration>)

/** A public server, so that peers behind NATs find each other; `iceServers: []` turns it off. */
export const DEFAULT_RTC_CONFIGURATION: RTCConfiguration = {
  iceServers: [{ urls: 'stun:stun.l.google.com:19302' }],
}

/** The user's configuration, with the TURN server that Sigver gave. */
export async function ask(given: RtcConfiguration | undefined, turn?: TurnServer): Promise<RTCConfiguration> {
  const configuration = await askUser(given)
  if (!turn) return configuration
  const iceServers = [...(configuration.iceServers ?? []), { ...turn, urls: [...turn.urls] }]
  // A server may write what it likes; what makes no sense must not keep us from connecting.
  return faultOf({ iceServers }) === undefined ? { ...configuration, iceServers } : configuration
}

async function askUser(given: RtcConfiguration | undefined): Promise<RTCConfiguration> {
  // Asked in a turn of its own: a user's function must not run inside the handling of an output.
  const configuration = typeof given === 'function' ? await Promise.resolve().then(given) : given
  if (!configuration) return DEFAULT_RTC_CONFIGURATION
  const fault = faultOf(configuration)
  if (fault !== undefined) throw new Error(`rtcConfiguration: ${fault}`)
  return { ...configuration, iceServers: (configuration.iceServers ?? []).map(withCredential) }
}

type ServerAsWritten = RTCIceServer & { readonly password?: unknown }

/** Netflux 4's manual writes `password` where WebRTC says `credential`. */
function withCredential(server: ServerAsWritten): RTCIceServer {
  const { password, ...standard } = server
  return typeof password === 'string' ? { credential: password, ...standard } : standard
}

/**
 * What is wrong with a configuration; undefined: nothing that is known. Browsers would say so themselves, but
 * @roamhq/wrtc lets go of nothing when its constructor throws: the process would never end by itself.
 */
export function faultOf({
  iceServers = [],
  iceTransportPolicy = 'all',
}: RTCConfiguration): string | undefined {
  if (iceTransportPolicy !== 'all' && iceTransportPolicy !== 'relay')
    return "iceTransportPolicy is not 'all' or 'relay'"
  if (!Array.isArray(iceServers)) return 'iceServers is not an array'
  for (const server of iceServers as unknown[]) {
    const fault = faultOfServer(Object(server) as ServerAsWritten)
    if (fault !== undefined) return fault
  }
  return undefined
}

function faultOfServer({ urls, username, credential, password }: ServerAsWritten): string | undefined {
  const all: unknown[] = Array.isArray(urls) ? urls : [urls]
  if (all.length === 0) return 'an ICE server has no urls'
  for (const url of all) if (!isIceUrl(url)) return `${String(url)} is not the URL of an ICE server`
  const isSecret = (value: unknown) => typeof value === 'string' && value !== ''
  const needsCredential = all.some((url) => String(url).startsWith('turn'))
  if (needsCredential && !(isSecret(username) && isSecret(credential ?? password)))
    return 'a TURN server needs a username and a credential'
  return undefined
}

const ICE_URL =
  /^(?:stuns?|turns?):(?:\[[\da-fA-F:.]+\]|[^\s:/?#@[\]]+)(?::(?<port>\d{1,5}))?(?:\?transport=(?:udp|tcp))?$/

function isIceUrl(url: unknown): boolean {
  const found = typeof url === 'string' ? ICE_URL.exec(url) : null
  if (!found) return false
  const port = Number(found.groups?.port ?? 1)
  return port > 0 && port <= 65535
}

/** One data channel and nothing else: nobody can make us negotiate audio or video. */
export function describesDataChannel(sdp: string): boolean {
  const sections = sdp.match(/^m=.*/gm) ?? []
  return sections.length === 1 && sdp.length <= limits.sdp && /^m=application /m.test(sdp)
}

/**
 * What goes over the wire for a candidate; undefined where there is nothing to tell. Not its usernameFragment: it tells one
 * ICE restart from another, and there is none.
 */
export function candidateText(found: RTCIceCandidateInit | null): string | undefined {
  if (!found?.candidate) return undefined
  const { candidate, sdpMid, sdpMLineIndex } = found
  return JSON.stringify({ candidate, sdpMid, sdpMLineIndex })
}

/** A candidate as the other side wrote it, or undefined if it makes no sense. */
export function parseCandidate(text: string): RTCIceCandidateInit | undefined {
  if (text.length > limits.candidate) return undefined
  try {
    const { candidate, sdpMid, sdpMLineIndex } = Object(JSON.parse(text)) as Record<string, unknown>
    if (typeof candidate !== 'string' || candidate === '') return undefined
    return {
      candidate,
      sdpMid: typeof sdpMid === 'string' ? sdpMid : '0',
      // @roamhq/wrtc throws at anything but an integer here.
      sdpMLineIndex: typeof sdpMLineIndex === 'number' && Number.isInteger(sdpMLineIndex) ? sdpMLineIndex : 0,
    }
  } catch {
    return undefined
  }
}

/** Through a TURN server. */
export const isRelayed = (candidate: string): boolean => candidate.includes(' typ relay')

/** Collects my own candidates: they are told together when they come within one window. */
export class CandidateWindow {
  private found: string[] = []
  private count = 0
  private timer: ReturnType<typeof setTimeout> | undefined
  private isOpen = false

  constructor(
    private readonly length: Milliseconds,
    private readonly tell: (candidates: readonly string[]) => void,
  ) {}

  add(candidate: string): void {
    if (this.count >= limits.candidates) return
    this.count++
    this.found.push(candidate)
    this.flushLater()
  }

  /** The other side may know now: candidates make no sense before the description. */
  open(): void {
    this.isOpen = true
    this.flushLater()
  }

  stop(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.isOpen = false
    this.found = []
  }

  private flushLater(): void {
    if (!this.isOpen || this.timer !== undefined || this.found.length === 0) return
    this.timer = setTimeout(() => {
      this.timer = undefined
      this.tell(this.found.splice(0))
    }, this.length)
  }
}
