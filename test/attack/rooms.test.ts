// A normal group notices nothing of strangers who know its room, or fill rooms of their own.
import assert from 'node:assert/strict'
import { closeCodes } from '../../src/core/closeCodes.js'
import { deriveSecrets } from '../../src/core/secrets.js'
import { LoneMember } from './loneMember.js'
import { KEY } from './normalGroup.js'
import { siege } from './siege.js'

const TOO_LARGE = 1009

siege([], (against) => {
  against('a normal group notices nothing of claims of 100,000 ids', 'claims', {
    ends: [TOO_LARGE, closeCodes.badFrame],
  })
  against(
    'a normal group notices nothing of a full room whose peers claim ever something else',
    'changingClaims',
    {
      ends: [closeCodes.tooManyFrames],
    },
  )
  against('a normal group notices nothing of those who say again what its members said', 'replay', {
    ends: [closeCodes.idTaken, closeCodes.notAnnounced, closeCodes.tooManyFrames],
    more: ({ group }) => group.recording(),
  })
  let lone: LoneMember | undefined
  against(
    'nobody stands in the place of a member that is alone by what its room mates know',
    'impersonation',
    {
      ends: [closeCodes.idTaken],
      counted: { [closeCodes.idTaken]: 4 },
      more: async ({ sigver }) => {
        lone = await LoneMember.start(sigver.url)
        return { path: lone.path }
      },
      check: () => lone?.end(),
    },
  )
  against('a normal group notices nothing of relays that nobody reads', 'slowReaders', {
    ends: [1006, closeCodes.slowReader],
    counted: { [closeCodes.slowReader]: 8 },
  })
  against('a normal group notices nothing of relays to nobody', 'relaysToNobody', {
    ends: [closeCodes.tooManyFrames],
    counted: { [closeCodes.tooManyFrames]: 1 },
  })
  against('before it is let in nobody learns whether a room is there', 'enumeration', {
    ends: [],
    more: () => ({ existing: '/' + deriveSecrets(KEY).topic }),
    check: ({ more }) => {
      const { existing, absent, milliseconds } = more as {
        readonly existing: string
        readonly absent: string
        readonly milliseconds: readonly number[]
      }
      assert.match(existing, /^HTTP\/1.1 101 /)
      assert.equal(existing, absent)
      const [there = 0, notThere = 0] = milliseconds
      console.log(
        `enumeration: median of first answers ${there.toFixed(2)} ms there, ${notThere.toFixed(2)} ms not there`,
      )
    },
  })
})
