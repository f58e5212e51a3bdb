// Stands in for an RTCPeerConnection with one data channel: notes what is called, and does only what it is told.

export class FakeChannel {
  readyState = 'connecting'
  bufferedAmount = 0
  onopen: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onclose: (() => void) | null = null
  onerror: ((event: { error: Error }) => void) | null = null
  onbufferedamountlow: (() => void) | null = null

  constructor(private readonly log: string[]) {}
  send(data: Uint8Array | string): void {
    this.log.push(`send ${typeof data === 'string' ? data : data.length}`)
  }
  close(): void {
    this.log.push('close channel')
    this.readyState = 'closing'
  }
  open(): void {
    this.readyState = 'open'
    this.onopen?.()
  }
}

export class FakePeer {
  static made: FakePeer[] = []
  readonly log: string[] = []
  readonly channel = new FakeChannel(this.log)
  connectionState = 'new'
  iceConnectionState = 'new'
  onicecandidate: ((event: { candidate: object | null }) => void) | null = null
  onconnectionstatechange: (() => void) | null = null
  oniceconnectionstatechange: (() => void) | null = null

  constructor(readonly configuration: unknown) {
    FakePeer.made.push(this)
  }
  createDataChannel(_label: string, options: object): FakeChannel {
    this.log.push(`channel ${JSON.stringify(options)}`)
    return this.channel
  }
  async createOffer() {
    return { type: 'offer', sdp: SDP }
  }
  async createAnswer() {
    return { type: 'answer', sdp: SDP }
  }
  async setLocalDescription({ type }: { type: string }) {
    this.log.push(`local ${type}`)
  }
  async setRemoteDescription({ type }: { type: string }) {
    this.log.push(`remote ${type}`)
  }
  async addIceCandidate({ candidate, sdpMLineIndex }: { candidate: string; sdpMLineIndex: number }) {
    this.log.push(`candidate ${candidate} ${sdpMLineIndex}`)
  }
  close(): void {
    this.log.push('close peer')
  }
}

export const SDP = 'v=0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n'
