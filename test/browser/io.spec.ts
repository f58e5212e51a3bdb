// The browser port keeps the contract: over WebSockets that a relay couples, and over data channels within the page.
import { BrowserPort } from '../../src/io/browser.js'
import { contract } from '../io/contract.js'
import { peersContract, peerSubject } from '../io/contractPeers.js'
import { relayedSubject } from '../io/relayed.js'
import type { Declare, MakePort } from '../io/stage.js'
import type { Servers } from './server.js'

declare const __karma__: { readonly config: { readonly server: Servers } }

const declare: Declare = (name, body) =>
  it(name, async () => {
    await body()
    expect().nothing()
  })
const makePort: MakePort = (options) => new BrowserPort(options)
const { relay, dead } = __karma__.config.server

describe('io', () => {
  contract(relayedSubject('browser, WebSocket', makePort, relay, dead), declare)
  contract(peerSubject('browser, data channel', makePort), declare)
  peersContract('browser, data channel', makePort, declare)
})
