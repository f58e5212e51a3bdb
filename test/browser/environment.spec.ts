// The ground under all browser specs: this browser has WebSocket, and data channels open within a page.
// When this fails, look at the machine (a default route is needed for ICE), not at Netflux.

function nextEvent(target: EventTarget, name: string): Promise<Event> {
  return new Promise((resolve) => target.addEventListener(name, resolve, { once: true }))
}

describe('this browser', () => {
  it('has WebSocket', () => {
    expect(typeof WebSocket).toBe('function')
  })

  it('opens a data channel within a page', async () => {
    const caller = new RTCPeerConnection()
    const callee = new RTCPeerConnection()
    try {
      caller.onicecandidate = ({ candidate }) => candidate && callee.addIceCandidate(candidate)
      callee.onicecandidate = ({ candidate }) => candidate && caller.addIceCandidate(candidate)
      const sent = caller.createDataChannel('netflux', { negotiated: true, id: 0 })
      const received = callee.createDataChannel('netflux', { negotiated: true, id: 0 })
      const opened = Promise.all([nextEvent(sent, 'open'), nextEvent(received, 'open')])

      await caller.setLocalDescription(await caller.createOffer())
      await callee.setRemoteDescription(caller.localDescription as RTCSessionDescription)
      await callee.setLocalDescription(await callee.createAnswer())
      await caller.setRemoteDescription(callee.localDescription as RTCSessionDescription)
      await opened

      const message = nextEvent(received, 'message')
      sent.send('hello')
      expect(((await message) as MessageEvent).data).toBe('hello')
    } finally {
      caller.close()
      callee.close()
    }
  }, 20_000)
})
