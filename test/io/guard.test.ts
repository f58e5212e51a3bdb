// A peer's URL leads a member in Node to public addresses only, or to where its own Sigver lies.
import assert from 'node:assert/strict'
import dns, { type LookupAddress } from 'node:dns'
import { createServer } from 'node:http'
import { syncBuiltinESMExports } from 'node:module'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { allowedAddresses, kindOf, pinned, type AddressPolicy, type Resolve } from '../../src/io/guard.js'
import { NodePort } from '../../src/io/node.js'
import { Recorder } from './recorder.js'

/** A name server that knows only these. */
const names: Record<string, readonly string[]> = {
  'public.example': ['93.184.216.34'],
  'rebound.example': ['127.0.0.1'],
  'mixed.example': ['10.0.0.1', '93.184.216.34', '::1'],
  'lan.example': ['192.168.1.7'],
  'sigver.lan': ['10.1.2.3'],
  'void.example': [],
}

const resolve: Resolve = async (host) => {
  const found = names[host]
  if (!found) throw new Error(`ENOTFOUND ${host}`)
  return found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
}

const dialled = async (url: string, policy: AddressPolicy = {}): Promise<string[]> =>
  (await allowedAddresses(url, policy, resolve)).map(({ address }) => address)

const SPECIAL = {
  loopback: [
    '127.0.0.1',
    '127.8.9.1',
    '::1',
    '::ffff:127.0.0.1',
    '0.0.0.0',
    '::',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
  ],
  private: ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.0.1', '100.64.0.1', 'fc00::1', 'fd12::1'],
  linkLocal: ['169.254.169.254', 'fe80::1', 'fe80::1%eth0', '::ffff:169.254.1.1'],
  multicast: ['224.0.0.1', '239.1.1.1', 'ff02::1'],
  broadcast: ['255.255.255.255'],
}

test('every special range is known by its kind, whichever way it is written', () => {
  for (const [kind, addresses] of Object.entries(SPECIAL)) {
    for (const address of addresses) assert.equal(kindOf(address), kind, address)
  }
  for (const address of ['8.8.8.8', '172.32.0.1', '2606:4700::1111', '::ffff:8.8.8.8', '64:ff9b::808:808']) {
    assert.equal(kindOf(address), undefined, address)
  }
  for (const address of ['192.0.2.1', '240.0.0.1', '2001:db8::1', '2001::1', '::127.0.0.1', '100::1']) {
    assert.notEqual(kindOf(address), undefined, address)
  }
})

test('a public address is dialled, by name and by number', async () => {
  assert.deepEqual(await dialled('wss://public.example/room'), ['93.184.216.34'])
  assert.deepEqual(await dialled('ws://8.8.8.8:81'), ['8.8.8.8'])
  assert.deepEqual(await dialled('ws://[2606:4700::1111]/'), ['2606:4700::1111'])
})

test('loopback, private and link-local addresses are refused, however the URL writes them', async () => {
  const hosts = [
    '127.0.0.1',
    '0x7f.1',
    '2130706433',
    '017700000001',
    '127.1',
    '[::1]',
    '[::ffff:7f00:1]',
    '0.0.0.0',
  ]
  hosts.push(
    '10.0.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '[fe80::1]',
    '[fd00::2]',
    '224.0.0.1',
    '255.255.255.255',
  )
  hosts.push('rebound.example', 'lan.example')
  for (const host of hosts) {
    await assert.rejects(dialled(`ws://${host}:8080/`), /refused/, host)
  }
})

test('of several addresses of a name only the allowed ones are dialled', async () => {
  assert.deepEqual(await dialled('ws://mixed.example'), ['93.184.216.34'])
})

test('the range in which my own Sigver lies is allowed, and no other', async () => {
  const local = { signalingServer: 'ws://127.0.0.1:8000' }
  assert.deepEqual(await dialled('ws://rebound.example', local), ['127.0.0.1'])
  assert.deepEqual(await dialled('ws://[::1]:9', local), ['::1'])
  await assert.rejects(dialled('ws://lan.example', local), /refused/)
  const lan = { signalingServer: 'wss://sigver.lan/path' }
  assert.deepEqual(await dialled('ws://lan.example', lan), ['192.168.1.7'])
  await assert.rejects(dialled('ws://rebound.example', lan), /refused/)
  const far = { signalingServer: 'wss://public.example' }
  await assert.rejects(dialled('ws://lan.example', far), /refused/)
  for (const signalingServer of ['nonsense', 'ws://unknown.example', 'ws://224.0.0.1']) {
    await assert.rejects(dialled('ws://lan.example', { signalingServer }), /refused/)
    await assert.rejects(dialled('ws://224.0.0.1', { signalingServer }), /refused/)
  }
})

test('an option allows everything', async () => {
  assert.deepEqual(await dialled('ws://lan.example', { allowPrivateAddresses: true }), ['192.168.1.7'])
})

test('what is not a plain WebSocket URL is refused before any name is looked up', async () => {
  const urls = [
    'http://public.example',
    'wss://user@public.example',
    'wss://:word@public.example',
    'public.example',
    '',
  ]
  for (const url of urls) {
    await assert.rejects(
      allowedAddresses(url, { allowPrivateAddresses: true }, () => assert.fail('looked up')),
      url,
    )
  }
})

test('a name without address, or unknown, is refused', async () => {
  await assert.rejects(dialled('ws://void.example'), /no address/)
  await assert.rejects(dialled('ws://unknown.example'), /ENOTFOUND/)
})

test('a pinned lookup gives the checked addresses, whatever is asked', () => {
  const addresses: LookupAddress[] = [
    { address: '8.8.8.8', family: 4 },
    { address: '2606:4700::1111', family: 6 },
  ]
  const answers: unknown[] = []
  pinned(addresses)('evil.example', { all: true }, (...answer) => answers.push(answer))
  pinned(addresses)('evil.example', {}, (...answer) => answers.push(answer))
  assert.deepEqual(answers, [
    [null, addresses],
    [null, '8.8.8.8', 4],
  ])
})

/** A web server that counts who knocks, and sends everyone elsewhere. */
async function knockable(redirectTo = '') {
  let knocks = 0
  const server = createServer()
  server.on('upgrade', (_, socket) => {
    knocks++
    socket.end(`HTTP/1.1 302 Found\r\nLocation: ${redirectTo}\r\nContent-Length: 0\r\n\r\n`)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return { url: `ws://localhost:${port}`, knocks: () => knocks, close: () => server.close() }
}

async function closeReason(port: NodePort, url: string): Promise<string> {
  const driver = new Recorder(port, 'driver')
  const channel = driver.fresh()
  driver.perform({ do: 'dial', channel, url, trust: 'peer' })
  const { reason } = await driver.wait('closed', channel)
  assert.deepEqual(driver.breaches, [])
  return reason
}

test('the Node port does not knock where a peer must not lead it, and follows no redirect', async () => {
  const inner = await knockable()
  const outer = await knockable(inner.url)
  try {
    assert.match(await closeReason(new NodePort(), outer.url), /loopback.*refused/)
    assert.equal(outer.knocks(), 0)
    assert.match(await closeReason(new NodePort({ allowPrivateAddresses: true }), outer.url), /302/)
    assert.match(await closeReason(new NodePort({ signalingServer: 'ws://127.0.0.1' }), outer.url), /302/)
    assert.deepEqual([outer.knocks(), inner.knocks()], [2, 0])
  } finally {
    inner.close()
    outer.close()
  }
})

test('a name is looked up once, and the connection goes where that answer leads', async () => {
  const inner = await knockable()
  let lookups = 0
  const original = dns.promises.lookup
  Object.assign(dns.promises, { lookup: async () => (lookups++, [{ address: '127.0.0.1', family: 4 }]) })
  syncBuiltinESMExports()
  try {
    const url = inner.url.replace('localhost', 'nobody-knows-this.example')
    assert.match(await closeReason(new NodePort({ allowPrivateAddresses: true }), url), /302/)
    assert.deepEqual([lookups, inner.knocks()], [1, 1])
  } finally {
    Object.assign(dns.promises, { lookup: original })
    syncBuiltinESMExports()
    inner.close()
  }
})

test('a dial that is closed while its name is looked up knocks nowhere', async () => {
  const inner = await knockable()
  const driver = new Recorder(new NodePort({ allowPrivateAddresses: true }), 'driver')
  driver.perform({ do: 'dial', channel: driver.fresh(), url: inner.url, trust: 'peer' })
  driver.close(1)
  await closeReason(new NodePort({ allowPrivateAddresses: true }), inner.url)
  assert.deepEqual([inner.knocks(), driver.inputs.length], [1, 0])
  inner.close()
})
