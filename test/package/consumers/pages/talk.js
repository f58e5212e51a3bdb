// Two members in one page: `talk(url)` resolves with what one hears from the other.
window.talk = async (signalingServer) => {
  const options = { signalingServer, rtcConfiguration: { iceServers: [] } }
  const [alice, bob] = [new window.netflux.WebGroup(options), new window.netflux.WebGroup(options)]
  const errors = []
  alice.onError = bob.onError = (error) => errors.push(String(error))
  const heard = new Promise((resolve, reject) => {
    bob.onMessage = (id, data) => resolve(data)
    setTimeout(
      () => reject(new Error(`nothing heard in state ${alice.state}, ${bob.state}: ${errors.join('; ')}`)),
      15_000,
    )
  })
  alice.onMemberJoin = () => alice.send('hello')
  // Not awaited: where joining hangs, `heard` says why.
  alice.join('a key')
  bob.join('a key')
  try {
    return await heard
  } finally {
    alice.leave()
    bob.leave()
  }
}
