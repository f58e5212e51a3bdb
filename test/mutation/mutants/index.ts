// All faults that `npm run mutate` plants, by theme.
import { clusterFaults } from './cluster.js'
import { groupFaults } from './group.js'
import { dialingFaults } from './dialing.js'
import { introductionFaults } from './introductions.js'
import { linkFaults } from './links.js'
import { livenessFaults } from './liveness.js'
import { meshFaults } from './mesh.js'
import { signalingFaults } from './signaling.js'
import { sigverFaults } from './sigver.js'
import { streamFaults } from './streams.js'
import { trafficFaults } from './traffic.js'
import { wireFaults } from './wire.js'

export const mutants = [
  ...streamFaults,
  ...trafficFaults,
  ...linkFaults,
  ...dialingFaults,
  ...meshFaults,
  ...livenessFaults,
  ...groupFaults,
  ...signalingFaults,
  ...sigverFaults,
  ...introductionFaults,
  ...clusterFaults,
  ...wireFaults,
]
