// A normal group notices nothing of many sockets of one address, each of which keeps what a socket has to keep.
import { closeCodes } from '../../src/core/closeCodes.js'
import { siege } from './siege.js'

siege([], (against) => {
  against('a normal group notices nothing of a crowd that talks as much as each of them may', 'manyTalkers', {
    ends: [closeCodes.tooManyFrames],
    counted: { [closeCodes.tooManyFrames]: 100 },
  })
  against(
    'a normal group notices nothing of a crowd of whom each leaves a little unread',
    'manySlowReaders',
    {
      ends: [1006],
      counted: { [closeCodes.slowReader]: 5 },
    },
  )
})
