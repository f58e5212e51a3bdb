// The installed package in Node: import, require, the command, and imports while a server renders.
import assert from 'node:assert/strict'
import { it } from 'node:test'
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
}
