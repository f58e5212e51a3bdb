// URLs that peers announce: only ws and wss, without credentials, and no address inside anybody's network. The kinds of
// addresses are compared with ranges written down here anew, from the registries of special addresses.
import assert from 'node:assert/strict'
import { BlockList, isIP } from 'node:net'
import * as limits from '../../../src/core/limits.js'
import { kindOf } from '../../../src/io/guard.js'
import { checkPeerUrl } from '../../../src/io/url.js'
import type { Random } from '../random.js'
import type { Target } from '../target.js'

/** Nothing in them may be dialled because a stranger says so. */
const inside = new BlockList()
for (const range of [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '224.0.0.0/4',
  '255.255.255.255/32',
]) {
  const [address = '', bits] = range.split('/')
  inside.addSubnet(address, Number(bits), 'ipv4')
}
for (const range of ['::/127', 'fc00::/7', 'fe80::/10', 'ff00::/8']) {
  const [address = '', bits] = range.split('/')
  inside.addSubnet(address, Number(bits), 'ipv6')
}

const SCHEMES = [
  'ws://',
  'wss://',
  'ws:',
  'http://',
  'file://',
  'javascript:',
  'WSS://',
  'ws:\\\\',
  '//',
  '',
] as const
const FIRST = [0, 1, 10, 100, 127, 128, 169, 172, 192, 198, 203, 224, 240, 255] as const
const SECOND = [0, 2, 16, 31, 32, 51, 63, 64, 88, 127, 128, 168, 254, 255] as const
const PREFIXES = [
  '::ffff:',
  '64:ff9b::',
  '::',
  'fe80::',
  'fc00::',
  'fd00::1:',
  'ff02::',
  '2001:db8::',
  '100::',
] as const

const ipv4Of = (random: Random): string =>
  [random.pick(FIRST), random.pick(SECOND), random.below(256), random.below(256)].join('.')

function hostOf(random: Random): string {
  const group = () => random.below(65536).toString(16)
  switch (random.below(6)) {
    case 0:
      return `[${random.pick(PREFIXES)}${ipv4Of(random)}]`
    case 1:
      return `[${random.pick(PREFIXES)}${group()}]`
    case 2:
      return `[${random.once(2) ? '2002' : '2600'}:${random.pick(FIRST).toString(16).padStart(2, '0')}${group()}::${group()}]`
    case 3:
      return String(random.uint32())
    case 4:
      return random.pick([
        'localhost',
        'bot.example',
        'a'.repeat(limits.url),
        '0x7f.1',
        '127.1',
        '%31%32%37.1',
      ])
    default:
      return ipv4Of(random)
  }
}

function valid(random: Random): Uint8Array {
  const credentials = random.once(10) ? random.pick(['user@', 'user:password@', ':@', '@']) : ''
  const port = random.once(2) ? `:${random.pick([0, 1, 80, 8080, 65535, 65536])}` : ''
  return Buffer.from(
    `${random.once(3) ? random.pick(SCHEMES) : 'ws://'}${credentials}${hostOf(random)}${port}/x`,
    'latin1',
  )
}

function parse(input: Uint8Array): URL | undefined {
  try {
    return checkPeerUrl(Buffer.from(input).toString('latin1'))
  } catch (error) {
    assert.ok(error instanceof Error && error.message !== '', 'it throws a reason')
    return undefined
  }
}

function check(input: Uint8Array): void {
  const url = parse(input)
  if (!url) return
  assert.ok(url.protocol === 'ws:' || url.protocol === 'wss:')
  assert.ok(url.username === '' && url.password === '' && input.length <= limits.url)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const family = isIP(host)
  if (family === 0) return
  const isInside = inside.check(host, family === 4 ? 'ipv4' : 'ipv6')
  if (isInside) assert.notEqual(kindOf(host), undefined, `${host} is taken for a public address`)
}

export const peerUrls: Target = {
  name: 'peer-urls',
  valid,
  largest: 2_000,
  decode: parse,
  check,
  memory: { times: 50, constant: 32_000 },
  weight: 0.5,
}
