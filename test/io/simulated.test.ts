// The simulated port keeps the contract too: what the simulator finds is true of the real ones as far as both keep it.
// Virtual time passes here as long as a test runs.
import { test } from 'node:test'
import { Clock, Random } from '../simulation/clock.js'
import { Conditions } from '../simulation/conditions.js'
import { Network } from '../simulation/network.js'
import { SimulatedPort } from '../simulation/simulatedPort.js'
import { contract } from './contract.js'
import { Recorder } from './recorder.js'
import { connectPeers, type Declare, type Stage, type Subject } from './stage.js'
import type { Transport } from '../../src/io/port.js'

const declare: Declare = (name, body) => void test(name, body)

/** Two hosts on one network without faults. */
function hosts(): { left: Recorder; right: Recorder; network: Network; end: () => void } {
  const clock = new Clock()
  const random = new Random(1)
  const network = new Network(clock, new Conditions(new Random(2)))
  const passing = setInterval(() => clock.runUntil(clock.now + 10), 1)
  const recorder = (name: string) => new Recorder(new SimulatedPort(name, network, clock, random.bytes), name)
  const [left, right] = [recorder('left'), recorder('right')]
  const end = () => {
    for (const side of [left, right]) side.closeAll()
    clearInterval(passing)
  }
  return { left, right, network, end }
}

function socketStage(): Stage {
  const { left, right, network, end } = hosts()
  const arrived: Transport[] = []
  network.serve('http://right:1', { host: 'right', accept: (transport) => arrived.push(transport) })
  const connect = async () => {
    const channel = left.fresh()
    left.perform({ do: 'dial', channel, url: 'ws://right:1/', trust: 'user' })
    await left.wait('opened', channel)
    const socket = arrived.shift()
    if (!socket) throw new Error('nobody came')
    return { left: channel, right: right.adopt(socket) }
  }
  return { left, right, connect, end }
}

function peerStage(): Stage {
  const { left, right, end } = hosts()
  return { left, right, end, connect: () => connectPeers(left, right) }
}

const subjects: readonly Subject[] = [
  { name: 'simulated, WebSocket', deadUrl: 'ws://nobody:1/', hasCloseCodes: true, begin: socketStage },
  { name: 'simulated, data channel', hasCloseCodes: true, begin: peerStage },
]
for (const subject of subjects) contract(subject, declare)
