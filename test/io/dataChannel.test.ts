// What a peer connection is asked to do, in which order, and what of it reaches the owner; with a stand-in for WebRTC.
import assert from 'node:assert/strict'
import { afterEach, beforeEach, mock, test } from 'node:test'
import * as limits from '../../src/core/limits.js'
import {
  DataChannelTransport,
  type PeerConnectionConstructor,
  type PeerSetup,
} from '../../src/io/dataChannel.js'
import { ask, DEFAULT_RTC_CONFIGURATION } from '../../src/io/ice.js'
import { PeerConnections } from '../../src/io/peerConnections.js'
import { FakePeer, SDP } from './fakePeer.js'

let heard: string[]
let connections: PeerConnections

beforeEach(() => {
  heard = []
  connections = new PeerConnections()
  FakePeer.made = []
  mock.timers.enable({ apis: ['setTimeout', 'setInterval'] })
})
afterEach(() => mock.timers.reset())

const turn = () => new Promise((resolve) => setImmediate(resolve))

async function begin(more: Partial<PeerSetup> = {}, offer?: string) {
  const RTCPeerConnection = FakePeer as unknown as PeerConnectionConstructor
  const transport = new DataChannelTransport(
    { RTCPeerConnection, configuration: {}, connections, ...more },
    offer,
  )
  transport.listen({
    opened: () => void heard.push('opened'),
    described: () => void heard.push('described'),
    candidates: (found) => void heard.push(`candidates ${found.length}`),
    message: (bytes) => void heard.push(`message ${bytes}`),
    closed: (_, reason) => void heard.push(`closed ${reason}`),
    drained: (queued) => void heard.push(`drained ${queued}`),
  })
  await turn()
  const [peer] = FakePeer.made
  assert.ok(peer)
  return { transport, peer, channel: peer.channel }
}

async function open(more: Partial<PeerSetup> = {}) {
  const begun = await begin(more)
  begun.channel.open()
  heard.length = begun.peer.log.length = 0
  return begun
}

const candidate = (name: string) => JSON.stringify({ candidate: name })

test('an offer makes one ordered, pre-negotiated channel', async () => {
  const { peer } = await begin()
  assert.deepEqual(peer.log, ['channel {"negotiated":true,"id":0,"ordered":true}', 'local offer'])
  assert.deepEqual(heard, ['described'])
})

test('an answer follows the offer it was given', async () => {
  const { peer } = await begin({}, SDP)
  assert.deepEqual(peer.log.slice(1), ['remote offer', 'local answer'])
})

test('what does not describe exactly one data channel never reaches WebRTC', async () => {
  for (const sdp of [
    '',
    SDP + 'm=audio 9 x\r\n',
    SDP.replace('application', 'video'),
    SDP + 'a'.repeat(limits.sdp),
  ]) {
    FakePeer.made = []
    heard = []
    const { peer } = await begin({}, sdp)
    assert.deepEqual([peer.log.slice(1), heard.length], [['close channel', 'close peer'], 1])
  }
})

test('remote candidates wait for the remote description, are checked, and limited in number', async () => {
  const { transport, peer } = await begin()
  transport.addCandidates([candidate('a'), '{"candidate":"b","sdpMLineIndex":null}', '{}', 'x'.repeat(2_000)])
  assert.deepEqual(peer.log.slice(2), [])
  transport.settle(SDP)
  await turn()
  assert.deepEqual(peer.log.slice(2), ['remote answer', 'candidate a 0', 'candidate b 0'])
  transport.addCandidates(Array.from({ length: limits.candidates }, () => candidate('c')))
  assert.equal(peer.log.filter((line) => line.startsWith('candidate')).length, limits.candidates - 2)
})

test('only the first answer counts, and only for an offer', async () => {
  const offering = await begin()
  offering.transport.settle(SDP)
  offering.transport.settle(SDP)
  await turn()
  assert.deepEqual(offering.peer.log.slice(2), ['remote answer'])
  FakePeer.made = []
  const answering = await begin({}, SDP)
  answering.transport.settle(SDP)
  await turn()
  assert.deepEqual(answering.peer.log.slice(3), [])
})

test('my candidates come after the description, together, and limited in number', async () => {
  const { peer } = await begin()
  const found = (count: number) => {
    for (let i = 0; i < count; i++) peer.onicecandidate?.({ candidate: { candidate: `c${i}`, sdpMid: '0' } })
  }
  found(3)
  peer.onicecandidate?.({ candidate: null })
  peer.onicecandidate?.({ candidate: { candidate: '' } })
  assert.deepEqual(heard, ['described'])
  mock.timers.tick(limits.candidateWindow)
  found(2)
  mock.timers.tick(limits.candidateWindow)
  found(2 * limits.candidates)
  mock.timers.tick(limits.candidateWindow)
  assert.deepEqual(heard.slice(1), ['candidates 3', 'candidates 2', `candidates ${limits.candidates - 5}`])
})

test('a candidate that is found before the description is ready waits for it', async () => {
  const setLocal = mock.method(FakePeer.prototype, 'setLocalDescription', async function (this: FakePeer) {
    this.onicecandidate?.({ candidate: { candidate: 'early' } })
    mock.timers.tick(limits.candidateWindow)
  })
  await begin()
  setLocal.mock.restore()
  assert.deepEqual(heard, ['described'])
  mock.timers.tick(limits.candidateWindow)
  assert.deepEqual(heard, ['described', 'candidates 1'])
})

test('whoever answers keeps its candidates for a while, and for good if it connects without them', async () => {
  const answer = async () => {
    FakePeer.made = []
    heard = []
    const { transport, peer } = await begin({}, SDP)
    const connect = () => {
      peer.iceConnectionState = 'connected'
      peer.oniceconnectionstatechange?.()
      mock.timers.tick(limits.answerersCandidates)
    }
    return {
      transport,
      connect,
      find: (text: string) => peer.onicecandidate?.({ candidate: { candidate: text } }),
    }
  }
  const slow = await answer()
  slow.find('mine')
  mock.timers.tick(limits.answerersCandidates - 1)
  assert.deepEqual(heard, ['described'])
  mock.timers.tick(1)
  assert.deepEqual(heard, ['described', 'candidates 1'])

  const quick = await answer()
  quick.find('mine')
  quick.connect()
  assert.deepEqual(heard, ['described'])

  // Connected through a TURN server: a direct path may come of them.
  const relayed = await answer()
  relayed.transport.addCandidates([candidate('candidate:1 1 udp 1 192.0.2.1 9 typ relay')])
  relayed.find('mine')
  relayed.connect()
  assert.deepEqual(heard, ['described', 'candidates 1'])

  const relaying = await answer()
  relaying.find('candidate:1 1 udp 1 192.0.2.1 9 typ relay')
  relaying.connect()
  assert.deepEqual(heard, ['described', 'candidates 1'])
})

test('a message that overtakes the opening does not come before it', async () => {
  const { channel } = await begin()
  channel.onmessage?.({ data: Uint8Array.of(1) })
  channel.open()
  assert.deepEqual(heard, ['described', 'opened', 'message 1'])
})

test('a failed connection and a closed channel close; a disconnected one may heal', async () => {
  for (const state of ['connectionState', 'iceConnectionState'] as const) {
    FakePeer.made = []
    const { peer } = await open()
    peer[state] = 'disconnected'
    peer.onconnectionstatechange?.()
    assert.deepEqual(heard, [])
    peer[state] = 'failed'
    peer.oniceconnectionstatechange?.()
    assert.deepEqual(heard, ['closed ICE failed'])
  }
  FakePeer.made = []
  const { channel } = await open()
  channel.onerror?.({ error: new Error('abort') })
  channel.onclose?.()
  assert.deepEqual(heard, ['closed abort'])
})

test('nothing is listened to after a close, and the channel is closed before its connection', async () => {
  const { transport, peer, channel } = await begin()
  const late = [peer.onicecandidate, channel.onopen, channel.onclose]
  transport.close()
  assert.deepEqual(peer.log.slice(-2), ['close channel', 'close peer'])
  const handlers = [peer.onicecandidate, peer.onconnectionstatechange, peer.oniceconnectionstatechange]
  handlers.push(
    channel.onopen,
    channel.onmessage as null,
    channel.onerror as null,
    channel.onbufferedamountlow,
  )
  assert.deepEqual(new Set(handlers), new Set([null]))
  late.forEach((handler) => (handler as (event: object) => void)({ candidate: { candidate: 'late' } }))
  mock.timers.tick(1_000)
  assert.deepEqual([heard, connections.count], [['described'], 0])
})

test('who closes says farewell, and lets go when the other side has closed the channel', async () => {
  const { transport, peer, channel } = await open()
  transport.close()
  assert.deepEqual([peer.log, connections.count], [['send farewell'], 1])
  channel.onmessage?.({ data: new ArrayBuffer(1) })
  assert.equal(peer.log.length, 1)
  channel.onclose?.()
  assert.deepEqual([peer.log, connections.count], [['send farewell', 'close channel', 'close peer'], 0])
  mock.timers.tick(limits.closing)
  assert.deepEqual([peer.log.length, heard.length], [3, 0])
})

test('who hears farewell closes the channel and sends nothing more', async () => {
  const { transport, peer, channel } = await open()
  channel.onmessage?.({ data: new ArrayBuffer(1) })
  channel.onmessage?.({ data: 'farewell' })
  assert.deepEqual(heard, ['message 0', 'closed the other side closed the channel'])
  transport.send(new Uint8Array(1))
  transport.close()
  assert.deepEqual([peer.log, connections.count], [['close channel'], 1])
  channel.onclose?.()
  assert.deepEqual([peer.log, connections.count], [['close channel', 'close channel', 'close peer'], 0])
})

test('when both say farewell at once, both let go', async () => {
  const { transport, peer, channel } = await open()
  transport.close()
  channel.onmessage?.({ data: 'farewell' })
  assert.equal(peer.log.at(-1), 'close peer')
})

test('nobody waits for an answer for ever, nor for the other side to close', async () => {
  const asking = await open()
  asking.transport.close()
  FakePeer.made = []
  const answering = await open()
  answering.channel.onmessage?.({ data: 'farewell' })
  mock.timers.tick(limits.closing - 1)
  assert.equal(connections.count, 2)
  mock.timers.tick(1)
  assert.deepEqual([asking.peer.log.at(-1), answering.peer.log.at(-1)], ['close peer', 'close peer'])
  assert.equal(connections.count, 0)
})

test('a page that goes away closes what has little to send after its last words, and begins to close what has more', async () => {
  const closings: (() => void)[] = []
  const page = { isLeaving: true, closeLeaving: (close: () => void) => void closings.push(close) }
  const { transport, peer, channel } = await open({ page })
  channel.bufferedAmount = limits.closeAtOnce
  transport.close()
  assert.deepEqual(peer.log, ['send farewell at once'])
  closings.pop()?.()
  assert.deepEqual(peer.log, ['send farewell at once', 'close channel', 'close peer'])
  FakePeer.made = []
  const long = await open({ page })
  long.channel.bufferedAmount = limits.closeAtOnce + 1
  long.transport.close()
  closings.pop()?.()
  assert.deepEqual(long.peer.log, ['send farewell at once', 'close channel'])
})

test('the event of a browser tells of a short queue', async () => {
  const { transport, channel } = await open()
  channel.bufferedAmount = limits.channelLow
  transport.send(new Uint8Array(limits.channelLow))
  channel.bufferedAmount = 10
  channel.onbufferedamountlow?.()
  assert.deepEqual(heard, ['drained 10'])
})

test('a configuration is a public STUN server by default, and understands password as credential', async () => {
  assert.deepEqual(await ask(undefined), DEFAULT_RTC_CONFIGURATION)
  const server = { urls: 'turn:x', username: 'u', password: 'p' }
  assert.deepEqual((await ask({ iceServers: [server] })).iceServers, [
    { credential: 'p', urls: 'turn:x', username: 'u' },
  ])
  const both = { ...server, password: 'old', credential: 'new' }
  assert.deepEqual((await ask({ iceServers: [both] })).iceServers, [
    { credential: 'new', urls: 'turn:x', username: 'u' },
  ])
  assert.deepEqual((await ask(async () => ({ iceServers: [] }))).iceServers, [])
})
