// Netflux 5 in a page, built from src as its users load it: minified, with the imports of browsers.
import { WebGroup } from '../../src/index.browser.js'
import { openWith } from './group.js'
import { rtcConfiguration } from './peer.js'

export const open = openWith((signalingServer) => new WebGroup({ signalingServer, rtcConfiguration }))
