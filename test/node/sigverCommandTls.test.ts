// The command speaks TLS, and takes a new certificate without dropping anyone.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { connect as open } from 'node:net'
import { connect } from 'node:tls'
import {
  type Certificate,
  Command,
  file,
  folder,
  makeCertificate,
  Socket,
  until,
  within,
} from './sigverCommandStage.js'

async function fingerprint(port: number): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const { fingerprint } = socket.getPeerCertificate()
  socket.destroy()
  return fingerprint.replaceAll(':', '').toLowerCase()
}

const printOf = ({ fingerprint }: Certificate) => fingerprint.replaceAll(':', '').toLowerCase()

async function start(place: string): Promise<{ command: Command; first: Certificate; second: Certificate }> {
  const [first, second] = await Promise.all([makeCertificate(), makeCertificate()])
  const flags = [
    '--tls-cert',
    file('cert.pem', first.cert, place),
    '--tls-key',
    file('key.pem', first.private, place),
  ]
  return { command: await Command.start(flags), first, second }
}

/** Frames still pass in both directions. */
async function isAlive({ webSocket }: Socket): Promise<boolean> {
  const pong = once(webSocket, 'pong')
  webSocket.ping()
  await pong
  return true
}

test('with a certificate the URL is wss, and members that trust it connect', async () => {
  const { command, first } = await start(folder())
  assert.match(command.url, /^wss:/)
  await Socket.open(command.url, { ca: first.cert })
  const page = await fetch(command.page('/health')).catch((error: unknown) => error)
  assert.ok(page instanceof Error, 'a self-signed certificate is trusted by nobody else')
  const plain = new Socket(command.url.replace('wss', 'ws'))
  assert.equal(await plain.closed, 1006)
})

test('at SIGHUP the certificate is read again, and who is connected stays so', async () => {
  const place = folder()
  const { command, first, second } = await start(place)
  const socket = await Socket.open(command.url, { ca: first.cert })
  assert.equal(await fingerprint(command.port), printOf(first))
  writeFileSync(join(place, 'cert.pem'), second.cert)
  writeFileSync(join(place, 'key.pem'), second.private)
  command.signal('SIGHUP')
  await command.said('was read again')
  assert.equal(await fingerprint(command.port), printOf(second))
  await Socket.open(command.url, { ca: second.cert })
  assert.ok(await isAlive(socket))
})

test('files that change are read again, also behind links as those of certbot', async () => {
  const place = folder()
  const [first, second] = await Promise.all([makeCertificate(), makeCertificate()])
  for (const [i, each] of [first, second].entries()) {
    file(`cert${i}.pem`, each.cert, place)
    file(`key${i}.pem`, each.private, place)
  }
  const link = (name: string, to: string) => {
    symlinkSync(to, join(place, `${name}.new`))
    renameSync(join(place, `${name}.new`), join(place, name))
  }
  link('cert.pem', 'cert0.pem')
  link('key.pem', 'key0.pem')
  const command = await Command.start([
    '--tls-cert',
    join(place, 'cert.pem'),
    '--tls-key',
    join(place, 'key.pem'),
  ])
  const socket = await Socket.open(command.url, { ca: first.cert })
  link('cert.pem', 'cert1.pem')
  link('key.pem', 'key1.pem')
  await until(async () => (await fingerprint(command.port)) === printOf(second), 'the second certificate')
  assert.ok(await isAlive(socket))
})

test('a certificate that cannot be used is told, and the old one stays', async () => {
  const place = folder()
  const { command, first, second } = await start(place)
  writeFileSync(join(place, 'cert.pem'), second.cert)
  command.signal('SIGHUP')
  await command.said('the old certificate stays')
  assert.equal(await fingerprint(command.port), printOf(first))
})

test('without a certificate SIGHUP changes nothing', async () => {
  const command = await Command.start()
  const socket = await Socket.open(command.url)
  command.signal('SIGHUP')
  assert.ok(await isAlive(socket))
})

test('an expired certificate is told at the start', async () => {
  const { cert, private: key } = await makeCertificate(-1)
  const place = folder()
  const command = await Command.start([
    '--tls-cert',
    file('c', cert, place),
    '--tls-key',
    file('k', key, place),
  ])
  assert.match(command.output, /has expired/)
})

test('who never finishes a TLS handshake or a request is let go', async () => {
  const { command } = await start(folder())
  const silent = open({ port: command.port, host: '127.0.0.1' })
  const slow = connect({ port: command.port, host: '127.0.0.1', rejectUnauthorized: false })
  slow.write('GET /health HTTP/1.1\r\nHost: a\r\n')
  const gone = [silent, slow].map((socket) => once(socket.on('error', () => {}).resume(), 'close'))
  await within(Promise.all(gone), 'both are gone', 10_000)
})
