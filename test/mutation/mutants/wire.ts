// Faults of what decodes bytes, and of what is derived from keys.
import { faultsIn } from '../mutant.js'

export const wireFaults = [
  ...faultsIn(
    'wire.ts',
    [
      {
        id: 'wire-long-frame',
        wrong: 'a frame of any length is parsed',
        find: 'if (bytes.length > limits.frame) return undefined',
        replace: '',
      },
      {
        id: 'wire-many-hops',
        wrong: 'a frame may have come any number of hops',
        find: ' || hops > limits.hops',
        replace: '',
      },
      {
        id: 'wire-half-route',
        wrong: 'a frame may name a sender without a recipient',
        find: '(from === 0) !== (to === 0) ||',
        replace: '',
      },
      {
        id: 'wire-id-zero',
        wrong: 'a member 0 can be announced',
        find: 'if (id === 0 || incarnation.length !== 8 || neighbors',
        replace: 'if (incarnation.length !== 8 || neighbors',
      },
      {
        id: 'wire-tag-zero',
        wrong: 'a session can have the tag 0',
        find: 'tag === 0 || open',
        replace: 'open',
      },
      {
        id: 'wire-many-members',
        wrong: 'a table may have any length',
        find: 'members.length <= limits.members ?',
        replace: 'members.length >= 0 ?',
      },
      {
        id: 'wire-many-neighbors',
        wrong: 'a member may announce any number of neighbours',
        find: ' || neighbors.length > limits.members',
        replace: '',
      },
      {
        id: 'wire-many-held',
        wrong: 'a hello may list any number of links',
        find: ' || held.length > 8',
        replace: '',
      },
      {
        id: 'wire-long-hello',
        wrong: 'a hello of any length is parsed',
        find: 'hello && length <= limits.hello ?',
        replace: 'hello ?',
      },
    ],
    ['message', 'links', 'lobby'],
  ),

  ...faultsIn('signalingWire.ts', [
    {
      id: 'signaling-wire-short-preimage',
      wrong: 'a preimage may be short enough to be guessed',
      find: ' || preimage.length !== PREIMAGE_BYTES ||',
      replace: ' || !preimage ||',
    },
    {
      id: 'signaling-wire-many-ids',
      wrong: 'a claim may have any length',
      find: 'ids.length > limits.members ||',
      replace: '',
    },
    {
      id: 'signaling-wire-id-zero',
      wrong: 'a peer 0 can be claimed',
      find: 'if (ids.includes(0)) return undefined',
      replace: '',
    },
    {
      id: 'signaling-wire-two-encodings',
      wrong: 'a frame may carry more than it means',
      find: 'frame && codec.encode(message).length === bytes.length ?',
      replace: 'frame ?',
    },
    {
      id: 'signaling-wire-long-frame',
      wrong: 'a signaling frame of any length is parsed',
      find: 'if (bytes.length > limits.payload) return undefined',
      replace: '',
    },
    {
      id: 'signaling-wire-long-token',
      wrong: 'a token of any length is read',
      find: ' || token.length > limits.token',
      replace: '',
    },
    {
      id: 'signaling-wire-many-turn-urls',
      wrong: 'any number of TURN servers is read',
      find: 'if (urls.length > limits.turnUrls) return undefined',
      replace: '',
    },
  ]),

  ...faultsIn(
    'bytes.ts',
    [
      {
        id: 'bytes-beyond-end',
        wrong: 'a field may be longer than its message',
        find: "if (count > this.#end - start) throw new RangeError('the end is missing')",
        replace: '',
      },
      {
        id: 'bytes-signed',
        wrong: 'large numbers are read as negative ones',
        find: '((bytes[at + 3] ?? 0) << 24)) >>> 0',
        replace: '((bytes[at + 3] ?? 0) << 24)) | 0',
      },
      {
        id: 'bytes-never-left',
        wrong: 'what follows a message is read as a part of it',
        find: '    this.#end = start + length\n',
        replace: '',
      },
      {
        id: 'bytes-endless-number',
        wrong: 'a number may have any length',
        find: 'shift < 70',
        replace: 'shift < 1e9',
      },
      {
        id: 'bytes-unknown-type',
        wrong: 'what nobody knows is skipped',
        find: "else throw new RangeError('unknown wire type')",
        replace: '',
      },
    ],
    ['signalingWire', 'wire'],
  ),

  ...faultsIn(
    'protobuf.ts',
    [
      {
        id: 'protobuf-two-of-one',
        wrong: 'a message may have several of which it can have one',
        find: 'if (field.isOneOf) clearOthers(fields, field, message)',
        replace: '',
      },
      {
        id: 'protobuf-other-type',
        wrong: 'a field is read as what it is not',
        find: 'else if (wireType !== field.wireType) from.skip(wireType)',
        replace: '',
      },
      {
        id: 'protobuf-bad-text',
        wrong: 'text that is no UTF-8 is read',
        find: 'fatal: true',
        replace: 'fatal: false',
      },
    ],
    ['signalingWire', 'wire'],
  ),

  ...faultsIn('secrets.ts', [
    {
      id: 'secrets-one-for-all',
      wrong: 'proofs and seals share a secret',
      find: "derive('proof', 32)",
      replace: "derive('seal', 32)",
    },
    {
      id: 'secrets-id-zero',
      wrong: 'the id of a group may be 0',
      find: "uint32(derive('id', 4)) || 1",
      replace: "uint32(derive('id', 4))",
      survives: 'one key in 2^32 shows it, and finding one takes too long for a test',
    },
    {
      id: 'secrets-incarnation-is-preimage',
      wrong: 'who knows an incarnation can announce it',
      find: 'hash.digest().subarray(0, 8)',
      replace: 'fromHex(preimage).subarray(0, 8)',
    },
    {
      id: 'secrets-incarnation-of-anything',
      wrong: 'an incarnation is not made of its preimage',
      find: 'update(INCARNATION).update(fromHex(preimage))',
      replace: 'update(INCARNATION)',
    },
    {
      id: 'secrets-parts-run-together',
      wrong: 'the parts under a proof have no borders',
      find: 'mac.update(length).update(part)',
      replace: 'mac.update(part)',
    },
    {
      id: 'secrets-biased-key',
      wrong: 'some letters of a generated key are likelier than others',
      find: 'byte < 248 && key.length < 42',
      replace: 'key.length < 42',
    },
  ]),
]
