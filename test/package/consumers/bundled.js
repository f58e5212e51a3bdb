// What a bundler gets to see of an app in browsers.
import { WebGroup } from 'netflux'
import { NetfluxProvider } from 'netflux/yjs'

console.log(
  typeof WebGroup,
  typeof NetfluxProvider,
  new WebGroup({ signalingServer: 'ws://localhost:1' }).state,
)
