// A process of members, one in each of several groups, which trusts the test's certificate (NODE_EXTRA_CA_CERTS).
// Run by processes.ts, which reads what it says: a line of JSON whenever something changed.
import { WebGroup, WebGroupState, SignalingState } from '../../src/index.node.js'

const [, , signalingServer = '', name = '', ...keys] = process.argv

const groups = keys.map((key) => {
  const group = new WebGroup({ signalingServer, rtcConfiguration: { iceServers: [] } })
  const heard = new Set<string>()
  const tell = () => {
    const state = WebGroupState[group.state]
    const signaling = SignalingState[group.signalingState]
    console.log(JSON.stringify({ key, state, signaling, size: group.members.length, heard: [...heard] }))
  }
  group.onStateChange = tell
  group.onSignalingStateChange = tell
  group.onMemberJoin = tell
  group.onMemberLeave = tell
  group.onMessage = (_id, text) => {
    heard.add(String(text))
    tell()
  }
  void group.join(key)
  return group
})

/** Each word on stdin is said in every group. */
process.stdin.on('data', (words) => {
  for (const word of String(words).trim().split('\n'))
    for (const group of groups) group.send(`${word} of ${name}`)
})
