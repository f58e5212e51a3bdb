// What is derived from a key is fixed for ever: other versions have to derive the same.
import assert from 'node:assert/strict'
import { createHash, createHmac, hkdfSync } from 'node:crypto'
import { it } from 'node:test'
import * as secrets from '../../src/core/secrets.js'

it('a key gives the topic, id and secrets that Node’s own HKDF gives', () => {
  const derived = secrets.deriveSecrets('ключ 🔑')
  const expected = (purpose: string, length: number) =>
    Buffer.from(hkdfSync('sha256', Buffer.from('ключ 🔑'), 'netflux/1', purpose, length))
  assert.equal(derived.topic, expected('topic', 32).toString('base64url'))
  assert.equal(derived.groupId, expected('id', 4).readUInt32BE())
  assert.deepEqual(Buffer.from(derived.seal), expected('seal', 32))
  assert.deepEqual(Buffer.from(derived.proof), expected('proof', 32))
})

it('an incarnation is the beginning of a hash over its preimage', () => {
  const preimage = '00112233445566778899aabbccddeeff'
  const hash = createHash('sha256').update('netflux/1 incarnation').update(preimage, 'hex').digest('hex')
  assert.equal(secrets.incarnationOf(preimage), hash.slice(0, 16))
})

it('the parts under a proof cannot run into each other', () => {
  const secret = new Uint8Array(32).fill(7)
  const bytes = (text: string) => new TextEncoder().encode(text)
  assert.notDeepEqual(
    secrets.authenticate(secret, [bytes('ab'), bytes('c')]),
    secrets.authenticate(secret, [bytes('a'), bytes('bc')]),
  )
  const expected = createHmac('sha256', secret).update('\0\0\0\x02ab\0\0\0\x01c').digest()
  assert.deepEqual(Buffer.from(secrets.authenticate(secret, [bytes('ab'), bytes('c')])), expected)
})

it('base64url and hexadecimal are what Node makes of the same bytes', () => {
  for (let length = 0; length < 40; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 37 + length) % 256)
    assert.equal(secrets.base64url(bytes), Buffer.from(bytes).toString('base64url'))
    assert.equal(secrets.toHex(bytes), Buffer.from(bytes).toString('hex'))
    assert.deepEqual(secrets.fromHex(secrets.toHex(bytes)), bytes)
  }
})

it('a generated key has 42 letters and digits, each as likely as the others', () => {
  let state = 1
  const random = (count: number) =>
    Uint8Array.from({ length: count }, () => (state = (state * 1103515245 + 12345) & 0x7fffffff) >> 16)
  const counts = new Map<string, number>()
  for (let i = 0; i < 2000; i++) {
    const key = secrets.generateKey(random)
    assert.match(key, /^[A-Za-z0-9]{42}$/)
    for (const letter of key) counts.set(letter, (counts.get(letter) ?? 0) + 1)
  }
  const expected = (2000 * 42) / 62
  assert.equal(counts.size, 62)
  for (const count of counts.values()) assert.ok(Math.abs(count - expected) < expected / 4)
})
