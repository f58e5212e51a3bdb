// The Node port keeps the contract: over WebSockets against a listener, between dialled ones, and over @roamhq/wrtc.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { WebSocketServer } from 'ws'
import { Listener } from '../../src/io/listener.js'
import { NodePort } from '../../src/io/node.js'
import type { Transport } from '../../src/io/port.js'
import { check, same } from './check.js'
import { contract } from './contract.js'
import { peersContract, peerSubject } from './contractPeers.js'
import { Recorder } from './recorder.js'
import { type Declare, type MakePort, onStage, type Stage, type Subject } from './stage.js'

const declare: Declare = (name, body) => void test(name, body)
const makePort: MakePort = (options) => new NodePort(options)

const server = createServer()
let url = ''
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
})
after(() => {
  server.close()
  server.closeAllConnections()
})

/** `right` listens and adopts what comes, `left` dials. */
function listenedStage(): Stage {
  const left = new Recorder(makePort(), 'left')
  const right = new Recorder(makePort(), 'right')
  const room = `/${left.port.random(8).join('-')}`
  const arrived: Transport[] = []
  const accepts = (path: string) => (path === room ? path : undefined)
  const listener = new Listener({ server, accepts }, (socket) => arrived.push(socket))
  const connect = async () => {
    const channel = left.fresh()
    left.perform({ do: 'dial', channel, url: url + room, trust: 'user' })
    await left.wait('opened', channel)
    const socket = arrived.shift()
    if (!socket) throw new Error('nobody came')
    return { left: channel, right: right.adopt(socket) }
  }
  const end = () => {
    listener.close()
    for (const side of [left, right]) side.closeAll()
  }
  return { left, right, connect, end }
}

const sockets: Subject = {
  name: 'Node, WebSocket',
  deadUrl: 'ws://127.0.0.1:1/',
  hasCloseCodes: true,
  begin: listenedStage,
}

contract(sockets, declare)
contract(peerSubject('Node, wrtc', makePort), declare)
peersContract('Node, wrtc', makePort, declare)

test('Node: a socket is handed from one port to another between two frames, and none is lost', () =>
  onStage(sockets, async (stage) => {
    const { left, right } = stage
    const pair = await stage.connect()
    const other = new Recorder(makePort(), 'other')
    let taken = 0
    const stop = right.each((input) => {
      if (input.on !== 'received') return
      const socket = right.release(pair.right)
      // Later, so that some come while nobody has it.
      if (socket) setTimeout(() => (taken = other.adopt(socket)), 5)
    })
    for (let i = 0; i < 50; i++) left.send(pair.left, Uint8Array.of(i))
    await other.until(() => other.of('received').length === 49, 'the other frames')
    stop()
    same(right.received(pair.right), [Uint8Array.of(0)], 'the first port')
    same(
      other.received(taken).map(([number]) => number),
      Array.from({ length: 49 }, (_, i) => i + 1),
      'the second',
    )
    same(other.breaches, [], 'broken promises')
    other.closeAll()
    await left.wait('closed', pair.left)
  }))

test('Node: a server that sends far too much is cut off before it fills the memory', async () => {
  const flood = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: true })
  await new Promise((resolve) => flood.on('listening', resolve))
  flood.on('connection', (socket) => socket.on('error', () => {}).send(new Uint8Array(50_000_000)))
  const driver = new Recorder(makePort(), 'driver')
  const channel = driver.fresh()
  const target = `ws://127.0.0.1:${(flood.address() as AddressInfo).port}`
  driver.perform({ do: 'dial', channel, url: target, trust: 'user' })
  check((await driver.wait('closed', channel)).reason.includes('Max payload'), 'cut by the socket itself')
  flood.close()
})

test('Node: capabilities say what is there', () => {
  same(new NodePort().capabilities, { webSocket: true, rtc: true }, 'capabilities')
  check(new NodePort().capabilities.rtc, 'loaded once more')
})
