// Everything that decodes what comes from the network.
import type { Target } from './target.js'
import { blocks } from './targets/blocks.js'
import { instanceFrames } from './targets/instanceFrames.js'
import { peerFrames } from './targets/peerFrames.js'
import { peerUrls } from './targets/peerUrls.js'
import { brokenSeals, sealedNegotiations } from './targets/sealed.js'
import { framesFromSigver, framesToSigver } from './targets/signalingFrames.js'
import { upgradesOfBot, upgradesOfSigver } from './targets/upgrades.js'

export const targets: readonly Target[] = [
  peerFrames,
  framesToSigver,
  framesFromSigver,
  instanceFrames,
  brokenSeals,
  sealedNegotiations,
  blocks,
  peerUrls,
  upgradesOfSigver,
  upgradesOfBot,
]
