// What the sockets of one address may say together, and how long Sigver remembers an address.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Addresses, networkOf } from '../../src/core/addresses.js'
import * as limits from '../../src/core/limits.js'
import { Stage } from './roomsStage.js'

const options = { socketsPerAddress: 2, framesPerSecond: limits.framesPerSecond }
const MOST = limits.crowd * limits.frameBurst
const PER_SECOND = limits.crowd * limits.framesPerSecond
const FULL_AGAIN = (MOST / PER_SECOND) * 1000

/** So many pings by each; how many were answered. */
function flood(stage: Stage, ids: readonly number[], frames: number): number {
  let answered = 0
  for (const id of ids) {
    stage.heard(id)
    for (let i = 0; i < frames && stage.isOpen(id); i++) stage.say(id, { type: 'ping' })
    answered += stage.heard(id).filter((word) => word === 'pong').length
  }
  return answered
}

const ids = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i)

it('the sockets of one address may say so much together, and then so much a second; others are served', () => {
  const stage = new Stage()
  const crowd = ids(1, 2 * limits.crowd)
  for (const id of crowd) stage.arrive(id, { address: 'a' })
  stage.arrive(1000, { address: 'b' })
  // Each has as much left as it has said, but all together have nothing.
  const half = limits.frameBurst / 2
  assert.equal(flood(stage, crowd, half - 1), MOST - crowd.length)
  assert.ok(crowd.every((id) => stage.isOpen(id)))
  stage.say(1, { type: 'ping' })
  assert.deepEqual(stage.heard(1), ['closed: tooManyFrames'])
  assert.equal(flood(stage, [1000], 100), 100)
  stage.pass(1000)
  assert.equal(flood(stage, crowd.slice(1), half), PER_SECOND)
  assert.equal(flood(stage, [1000], 100), 100)
})

it('who is one too many for its address is told what a socket is told that says too much', () => {
  const stage = new Stage()
  const crowd = ids(1, limits.crowd + 1)
  for (const id of crowd) stage.arrive(id, { address: 'a' })
  flood(stage, crowd.slice(1), limits.frameBurst - 1)
  flood(stage, [1], limits.frameBurst)
  assert.equal(stage.reasons.get(1), 'too many frames')
})

it('an address that comes back has what it had', () => {
  const stage = new Stage()
  for (const round of [1, 2]) {
    const crowd = ids(1000 * round, limits.crowd)
    for (const id of crowd) stage.arrive(id, { address: 'a' })
    const answered = flood(stage, crowd, limits.frameBurst - 1)
    assert.equal(answered, round === 1 ? MOST - limits.crowd : 0)
    for (const id of crowd) stage.leave(id)
  }
})

it('an address without sockets is forgotten when it may say as much as a new one, and not before', () => {
  const addresses = new Addresses(options)
  const address = addresses.enter('a', 0)
  assert.ok(address)
  assert.ok(addresses.spend(address, MOST, 0))
  addresses.leave(address)
  addresses.sweep(FULL_AGAIN - 1)
  assert.equal(addresses.size, 1)
  addresses.sweep(FULL_AGAIN)
  assert.equal(addresses.size, 0)
})

it('an address with sockets is never forgotten', () => {
  const addresses = new Addresses(options)
  const address = addresses.enter('a', 0)
  assert.ok(address)
  addresses.leave(address)
  assert.equal(addresses.enter('a', 0), address)
  addresses.sweep(FULL_AGAIN)
  assert.equal(addresses.enter('a', FULL_AGAIN), address)
  assert.equal(addresses.enter('a', FULL_AGAIN), undefined) // as many as may be
})

it('however many addresses come and go, so many are remembered: the last ones', () => {
  const addresses = new Addresses(options)
  for (let i = 0; i < limits.addresses + 100; i++) {
    const address = addresses.enter(`${i}`, 0)
    assert.ok(address && addresses.spend(address, MOST, 0))
    addresses.leave(address)
  }
  assert.equal(addresses.size, limits.addresses)
  const last = addresses.enter(`${limits.addresses + 99}`, 0)
  assert.ok(last && !addresses.spend(last, 1, 0))
  const first = addresses.enter('0', 0)
  assert.ok(first && addresses.spend(first, 1, 0))
})

it('an IPv6 address counts for its network, an IPv4 address for itself', () => {
  for (const address of [
    '2001:db8:0:1::',
    '2001:db8:0:1::7',
    '2001:db8:0:1:ffff:2:3:4',
    '2001:db8::1:0:0:0:9',
  ])
    assert.equal(networkOf(address), '2001:db8:0:1::/64')
  assert.notEqual(networkOf('2001:db8:0:2::7'), networkOf('2001:db8:0:1::7'))
  assert.equal(networkOf('::1'), '0:0:0:0::/64')
  assert.equal(networkOf('fe80::1%eth0'), 'fe80:0:0:0::/64')
  assert.equal(networkOf('::'), '0:0:0:0::/64')
  assert.equal(networkOf('192.0.2.1'), '192.0.2.1')
  assert.equal(networkOf(''), '')
})
