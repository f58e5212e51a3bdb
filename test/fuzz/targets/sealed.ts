// Sealed negotiations: who does not know the key gets nothing through the seal, and who does breaks no limit.
import assert from 'node:assert/strict'
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import * as limits from '../../../src/core/limits.js'
import type { Side } from '../../../src/core/negotiation.js'
import { type NegotiationMessage, type NegotiationStep, seal, unseal } from '../../../src/core/sealing.js'
import { deriveSecrets } from '../../../src/core/secrets.js'
import { mutateFields } from '../fields.js'
import { countOf, incarnationOf, textOf, urlOf } from '../parts.js'
import type { Random } from '../random.js'
import type { Target } from '../target.js'

const secret = deriveSecrets('the key').seal
const [FROM, TO] = [1, 2]
const addresses = Uint8Array.of(0, 0, 0, FROM, 0, 0, 0, TO)
const NONCE = new Uint8Array(24).fill(9)

const sideOf = (random: Random): Side => ({
  known: random.once(2),
  url: urlOf(random),
  rtc: random.once(2),
  triedWebSocket: random.once(2),
  triedRtc: random.once(2),
  reason: textOf(random, 200),
})

function stepOf(random: Random): NegotiationStep {
  const type = random.pick(['turn', 'offer', 'answer', 'candidates', 'failed'] as const)
  const [link, dialer] = [random.uint32(), random.uint32()]
  switch (type) {
    case 'turn':
      return { type }
    case 'offer':
      return { type, link, sdp: textOf(random, random.once(10) ? limits.sdp : 100) }
    case 'answer':
      return { type, link, sdp: textOf(random, 100), offerHash: random.few(40) }
    case 'candidates': {
      const candidates = random.list(countOf(random, limits.candidates), () =>
        textOf(random, limits.candidate),
      )
      return { type, link, dialer, candidates }
    }
    case 'failed':
      return { type, link, dialer, reason: textOf(random, 300) }
  }
}

const messageOf = (random: Random): NegotiationMessage => ({
  incarnation: incarnationOf(random),
  peerIncarnation: incarnationOf(random),
  attempt: random.uint32(),
  fromInitiator: random.once(2),
  sides: { initiator: sideOf(random), responder: sideOf(random) },
  step: stepOf(random),
})

const sealedOf = (random: Random): Uint8Array => seal(secret, NONCE, FROM, TO, messageOf(random))
const cipher = () => xchacha20poly1305(secret, NONCE, addresses)
const openSeal = (sealed: Uint8Array): Uint8Array => cipher().decrypt(sealed.subarray(NONCE.length))
const closeSeal = (text: Uint8Array): Uint8Array => Buffer.concat([NONCE, cipher().encrypt(text)])

/** A stranger has no key, but may have seen what others sealed: of each input the first 8 bytes change. */
const spoil = (sealed: Uint8Array): Uint8Array => {
  const spoilt = Uint8Array.from(sealed)
  for (let i = 0; i < Math.min(8, spoilt.length); i++) spoilt[i] = (spoilt[i] ?? 0) ^ 0x55
  return spoilt
}

export const brokenSeals: Target = {
  name: 'broken-seals',
  valid: (random) => spoil(sealedOf(random)),
  largest: limits.payload,
  decode: (input) => unseal(secret, FROM, TO, input),
  check(input) {
    // A mutation that undoes the change to the nonce would need eight bytes at once.
    assert.equal(unseal(secret, FROM, TO, input), undefined, 'a broken seal was accepted')
    assert.equal(unseal(secret, TO, FROM, input), undefined)
  },
  memory: { times: 10, constant: 32_000 },
  weight: 0.5,
}

const isWithin = (sides: NegotiationMessage['sides']): boolean =>
  Object.values(sides).every(({ url, reason }: Side) => url.length <= limits.url && reason.length <= 200)

/** `text`: what someone who knows the key seals. */
function checkText(text: Uint8Array): void {
  const message = unseal(secret, FROM, TO, closeSeal(text))
  if (!message) return
  const { incarnation, peerIncarnation, sides, step } = message
  assert.ok(incarnation.length === 16 && peerIncarnation.length === 16 && isWithin(sides))
  if ('sdp' in step) assert.ok(step.sdp.length <= limits.sdp)
  if ('reason' in step) assert.ok(step.reason.length <= 200)
  if (step.type === 'candidates') {
    assert.ok(step.candidates.length <= limits.candidates)
    for (const candidate of step.candidates) assert.ok(candidate.length <= limits.candidate)
  }
  assert.deepEqual(unseal(secret, FROM, TO, seal(secret, NONCE, FROM, TO, message)), message)
}

const FLOODS = ['5200', '52021a00', '2a00', '2a020a00', '3a00', '0a00', '4200'].map((part) =>
  Uint8Array.from(Buffer.from(part, 'hex')),
)

export const sealedNegotiations: Target = {
  name: 'sealed-negotiations',
  valid: (random) => openSeal(sealedOf(random)),
  restructure: mutateFields,
  floods: FLOODS,
  largest: limits.payload - 100,
  decode: (text) => unseal(secret, FROM, TO, closeSeal(text)),
  check: checkText,
  // Two bytes may be an empty field that is said again and again: a view each time, and garbage the next.
  memory: { times: 100, constant: 32_000 },
  weight: 0.5,
}
