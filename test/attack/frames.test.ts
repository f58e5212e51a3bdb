// A normal group notices nothing of whoever breaks the rules of WebSocket frames, or keeps them in masses.
import { closeCodes } from '../../src/core/closeCodes.js'
import { siege } from './siege.js'

const TOO_LARGE = 1009
const TOO_MANY_PIECES = 1008
const WRONG = 1002

siege([], (against) => {
  against('a normal group notices nothing of messages in endless pieces', 'fragments', {
    ends: [TOO_MANY_PIECES],
  })
  against('a normal group notices nothing of huge frames', 'hugeFrames', { ends: [TOO_LARGE, WRONG] })
  against('a normal group notices nothing of millions of tiny frames', 'tinyFrames', {
    ends: [closeCodes.tooManyFrames],
    counted: { [closeCodes.tooManyFrames]: 20 },
  })
  against('a normal group notices nothing of a flood of pings', 'pings', {
    ends: [closeCodes.tooManyFrames],
    counted: { [closeCodes.tooManyFrames]: 20 },
  })
  against('a normal group notices nothing of pings whose answers nobody reads', 'unreadPings', {
    // They would find the code behind the answers, but are cut off before they read them.
    ends: [1006],
    counted: { [closeCodes.tooManyFrames]: 20 },
  })
})
