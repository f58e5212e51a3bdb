// A page that goes away says its goodbyes and is fit for the back-forward cache.
import { BrowserPort } from '../../src/io/browser.js'
import * as limits from '../../src/core/limits.js'
import { PeerConnections } from '../../src/io/peerConnections.js'
import { pattern } from '../io/check.js'
import { Recorder } from '../io/recorder.js'
import { connectPeers } from '../io/stage.js'

describe('a page that goes away', () => {
  const peerConnections = new PeerConnections()
  let left: Recorder
  let right: Recorder

  beforeEach(() => {
    left = new Recorder(new BrowserPort({ rtcConfiguration: { iceServers: [] }, peerConnections }), 'left')
    right = new Recorder(new BrowserPort({ rtcConfiguration: { iceServers: [] } }), 'right')
    left.port.watch(true)
  })

  afterEach(() => {
    dispatchEvent(new Event('pageshow'))
    left.port.watch(false)
    left.closeAll()
    right.closeAll()
    expect([...left.breaches, ...right.breaches]).toEqual([])
  })

  /** What a core does with the input `pagehide`. */
  const sayGoodbye = (channel: number, frames: readonly Uint8Array[]) =>
    left.each((input) => {
      if (input.on !== 'pagehide') return
      for (const frame of frames) left.send(channel, frame)
      left.close(channel)
    })

  it('closes its peer connections at once, and the goodbye still arrives', async () => {
    const pair = await connectPeers(left, right)
    const frames = [pattern(limits.closeAtOnce - 100), pattern(100)]
    sayGoodbye(pair.left, frames)
    dispatchEvent(new Event('pagehide'))
    expect(peerConnections.count).toBe(0)
    await right.wait('closed', pair.right)
    expect(right.received(pair.right)).toEqual(frames)
  })

  it('lets a longer queue go out first, if the browser lets it', async () => {
    const pair = await connectPeers(left, right)
    const frames = [pattern(limits.frame, 1), pattern(limits.frame, 2), pattern(100)]
    sayGoodbye(pair.left, frames)
    dispatchEvent(new Event('pagehide'))
    expect(peerConnections.count).toBe(1)
    await right.wait('closed', pair.right)
    expect(right.received(pair.right)).toEqual(frames)
  })
})
