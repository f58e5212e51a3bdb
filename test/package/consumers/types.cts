// A user of TypeScript with Node's CommonJS.
import netflux = require('netflux')
import sigver = require('netflux/sigver')
import yjs = require('netflux/yjs')

const group = new netflux.WebGroup({ signalingServer: 'ws://localhost:8000' })
const state: netflux.WebGroupState = group.state

export const all = [state, netflux.Bot, sigver.Sigver, yjs.NetfluxProvider]
