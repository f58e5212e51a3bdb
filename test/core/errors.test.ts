// docs/errors.md explains every code there is, and no other.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { it } from 'node:test'
import { closeCodes, isFinal } from '../../src/core/closeCodes.js'
import { peerCloseCodes } from '../../src/core/peerCloseCodes.js'

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
const page = read('docs/errors.md')

function codesOf(type: string): string[] {
  const [, union = ''] =
    new RegExp(`export type ${type} =([\\s\\S]*?)\\n\\n`).exec(read('src/core/errors.ts')) ?? []
  return [...union.matchAll(/'([A-Z_]+)'/g)].map(([, code = '']) => code)
}

function explainedIn(heading: string): string[] {
  const section = page.split(/^## /m).find((part) => part.startsWith(heading)) ?? ''
  return [...section.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code = '']) => code)
}

it('every code that is thrown is explained, and no other', () => {
  assert.ok(codesOf('MisuseCode').length > 5)
  assert.deepEqual(explainedIn('Thrown at the call').sort(), codesOf('MisuseCode').sort())
})

it('every code that is reported is explained, and no other', () => {
  assert.ok(codesOf('FaultCode').length > 5)
  assert.deepEqual(explainedIn('Reported').sort(), codesOf('FaultCode').sort())
})

it('every close code is explained, and which are final', () => {
  const rows = [...page.matchAll(/^\| (4\d{3}) \| (.*?) *\|$/gm)].map(([, code, text = '']) => ({
    code: Number(code),
    isFinal: text.startsWith('Final.'),
  }))
  const all = [...Object.values(peerCloseCodes), ...Object.values(closeCodes)]
  const expected = all.map((code) => ({ code, isFinal: isFinal(code) }))
  const byCode = (a: { code: number }, b: { code: number }) => a.code - b.code
  assert.deepEqual(rows.sort(byCode), expected.sort(byCode))
})
