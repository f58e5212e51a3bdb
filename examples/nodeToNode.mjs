// Two members in one Node process, with a Sigver of their own: `npm run build && node examples/nodeToNode.mjs`.
import { WebGroup } from 'netflux'
import { Sigver } from 'netflux/sigver'

const sigver = new Sigver({ host: '127.0.0.1' })
await sigver.listen()

const options = { signalingServer: sigver.url, rtcConfiguration: { iceServers: [] } }
const alice = new WebGroup(options)
const bob = new WebGroup(options)

bob.onMessage = (id, text) => {
  console.log(`bob hears: ${text}`)
  bob.sendTo(id, 'hello, Alice')
}
const answered = new Promise((resolve) => {
  alice.onMessage = (_id, text) => resolve(console.log(`alice hears: ${text}`))
})

// A message goes to those who are there: Alice speaks when she sees Bob.
alice.onMemberJoin = () => alice.send('hello, Bob')

await alice.join()
await bob.join(alice.key)
await answered

alice.leave()
bob.leave()
await sigver.close()
// Nothing is left: the process ends by itself.
