// A normal group notices nothing of connections that are slow, half, too many, or of pages that are not served.
import assert from 'node:assert/strict'
import { closeCodes } from '../../src/core/closeCodes.js'
import * as limits from '../../src/core/limits.js'
import { siege } from './siege.js'

const SERVED = 'https://app.example.org'
const WRONG = [
  'https://evil.example.org',
  'http://app.example.org',
  `${SERVED}:8443`,
  `${SERVED}.evil.org`,
  'null',
]

/** Http: the request took too long. */
const TIMEOUT = -408

siege(['--origin', SERVED], (against) => {
  against('a normal group without an attack', 'nothing', { ends: [] })
  against('a normal group notices nothing of slow upgrades and of silent sockets', 'slowloris', {
    ends: [TIMEOUT, closeCodes.late],
    counted: { [closeCodes.late]: 400 },
  })
  against('a normal group notices nothing of 10,000 half-open upgrades', 'halfOpen', { ends: [TIMEOUT] })
  against('a normal group notices nothing of a crowd from one address', 'crowd', {
    ends: [closeCodes.addressFull],
    counted: { [closeCodes.addressFull]: 200 },
    check: ({ more }) => assert.equal(more, limits.socketsPerAddress),
  })
  against('a normal group notices nothing of pages that are not served', 'origins', {
    ends: [closeCodes.badOrigin],
    more: () => WRONG,
  })
  against('a normal group notices nothing of who comes and goes 1,000 times a second', 'joinAndLeave', {
    ends: [],
    more: () => 2_000,
  })
})
