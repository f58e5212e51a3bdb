// deploy/turnserver.conf with a real coturn: every line is understood, and credentials from Sigver's secret are good.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { generate } from 'selfsigned'
import wrtc from '@roamhq/wrtc'
import { WebGroup } from '../../src/index.node.js'
import { freePort } from '../freePort.js'
import { folder, Running, until } from './processes.js'

const SECRET = 'a secret that Sigver and coturn share'

/** `more` is for loopback, which the file forbids with good reason. */
async function startCoturn(more = ''): Promise<{ readonly coturn: Running; readonly port: number }> {
  const place = folder()
  const [port, tlsPort] = [await freePort(), await freePort()]
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
  })
  const write = (name: string, text: string): string => {
    writeFileSync(join(place, name), text)
    return join(place, name)
  }
  const config = readFileSync('deploy/turnserver.conf', 'utf8')
    .replace('listening-port=3478', `listening-port=${port}`)
    .replace('tls-listening-port=5349', `tls-listening-port=${tlsPort}`)
    .replace(/^static-auth-secret=.*/m, `static-auth-secret=${SECRET}`)
    .replace('/etc/turnserver/chain.pem', write('chain.pem', cert))
    .replace('/etc/turnserver/key.pem', write('key.pem', key))
    .replace(/^syslog$/m, more)
    .replace(more ? 'denied-peer-ip=127.0.0.0-127.255.255.255' : '', '')
  const here = ['--listening-ip=127.0.0.1', '--relay-ip=127.0.0.1', '--log-file=stdout', '--simple-log']
  const files = ['--pidfile', '/dev/null', '--userdb', join(place, 'turndb')]
  const coturn = new Running('turnserver', ['-c', write('turnserver.conf', config), ...here, ...files])
  await coturn.printed('Total General servers')
  return { coturn, port }
}

/** Addresses that coturn gave. */
async function relays(port: number, username: string, credential: string): Promise<number> {
  const iceServers = [{ urls: `turn:127.0.0.1:${port}`, username, credential }]
  const peer = new wrtc.RTCPeerConnection({ iceServers, iceTransportPolicy: 'relay' })
  try {
    peer.createDataChannel('any')
    let count = 0
    const done = new Promise<void>((resolve) => {
      peer.onicecandidate = ({ candidate }) => {
        if (candidate?.candidate.includes(' typ relay')) count++
        else if (!candidate) resolve()
      }
    })
    await peer.setLocalDescription(await peer.createOffer())
    await done
    return count
  } finally {
    peer.close()
  }
}

test('coturn understands every line, and gives relays to those whose credentials are of the shared secret', async () => {
  const { coturn, port } = await startCoturn()
  assert.doesNotMatch(
    coturn.output,
    /bad configuration|unknown|unrecognized|CONFIG ERROR|cannot (find|open)/i,
  )
  const username = `${Math.floor(Date.now() / 1_000) + 600}:member`
  const credential = (secret: string) => createHmac('sha1', secret).update(username).digest('base64')
  assert.ok((await relays(port, username, credential(SECRET))) > 0)
  assert.equal(await relays(port, username, credential('another')), 0)
})

test('members have a relay from the command alone, and talk through nothing else', async () => {
  const { port } = await startCoturn('allow-loopback-peers')
  const flags = ['--host', '127.0.0.1', '--port', '0', '--turn-url', `turn:127.0.0.1:${port}`]
  const sigver = new Running(process.execPath, ['--import', 'tsx', 'src/bin/sigver.ts', ...flags], {
    SIGVER_TURN_SECRET: SECRET,
  })
  await sigver.printed('Sigver listens at')
  const signalingServer = /ws:[^"]+/.exec(sigver.output)?.[0]
  const groups = [1, 2].map(
    () =>
      new WebGroup({ signalingServer, rtcConfiguration: { iceServers: [], iceTransportPolicy: 'relay' } }),
  )
  try {
    await Promise.all(groups.map((group) => group.join('a key')))
    await until(
      () => groups.every(({ members }) => members.length === 2),
      () => 'they meet',
    )
    const heard = new Promise((resolve) =>
      groups.forEach((group) => (group.onMessage = (_id, text) => resolve(text))),
    )
    groups[0]?.send('hello')
    assert.equal(await heard, 'hello')
  } finally {
    for (const group of groups) group.leave()
  }
})
