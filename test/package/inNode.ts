// The installed package in Node: import, require, the command, and imports while a server renders.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { jwtVerify } from 'jose'
import { deriveSecrets } from '../../src/core/secrets.js'
import { type Consumer, sharedNames } from './consumer.js'

const nodeNames = [...sharedNames, 'Bot']

export function nodeTests(consumer: () => Consumer): void {
  for (const script of ['imports.mjs', 'requires.cjs']) {
    it(`gives its names to ${script}, which then exits by itself`, async () => {
      const { code, stdout, stderr } = await consumer().node(script)
      assert.equal(code, 0, stderr)
      assert.equal(stderr, '')
      const names: Record<string, string[]> = JSON.parse(stdout)
      assert.deepEqual(
        nodeNames.filter((name) => !names.netflux?.includes(name)),
        [],
      )
      assert.ok(names.sigver?.includes('Sigver'))
      assert.ok(names.yjs?.includes('NetfluxProvider'))
    })
  }

  it('exports the same by import and by require', async () => {
    const [imported, required] = await Promise.all(
      ['imports.mjs', 'requires.cjs'].map((file) => consumer().node(file)),
    )
    assert.deepEqual(JSON.parse(imported?.stdout ?? ''), JSON.parse(required?.stdout ?? ''))
  })

  it('touches no global of browsers when it is imported', async () => {
    const { code, stdout, stderr } = await consumer().node('ssr.mjs')
    assert.equal(code, 0, stderr)
    assert.deepEqual(JSON.parse(stdout), [])
  })

  it('installs the command sigver', async () => {
    const { code, stdout, stderr } = await consumer().node('node_modules/.bin/sigver', '--help')
    assert.equal(code, 0, stderr)
    assert.match(stdout, /--port/)
  })

  it('says with sigver --version what package it is of', async () => {
    const { code, stdout, stderr } = await consumer().node('node_modules/.bin/sigver', '--version')
    assert.equal(code, 0, stderr)
    const { version } = JSON.parse(readFileSync(join(consumer().netflux, 'package.json'), 'utf8'))
    assert.equal(stdout.trim(), version)
  })

  it('makes tokens with sigver token', async () => {
    const secret = 'a secret of at least thirty-two bytes'
    const command = ['node_modules/.bin/sigver', 'token', '--auth-secret', secret, '--app', 'editor']
    const { code, stdout, stderr } = await consumer().node(...command, '--key', 'the key of a group')
    assert.equal(code, 0, stderr)
    const { payload } = await jwtVerify(stdout.trim(), new TextEncoder().encode(secret), {
      algorithms: ['HS256'],
      audience: 'sigver',
    })
    assert.equal(payload.sub, 'editor')
    assert.equal(payload.topic, deriveSecrets('the key of a group').topic)
  })

  it('refuses to make a token for nobody, in one line', async () => {
    const { code, stderr } = await consumer().node('node_modules/.bin/sigver', 'token', '--auth-secret', 'x')
    assert.notEqual(code, 0)
    assert.equal(stderr.trim().split('\n').length, 1, stderr)
  })
}
