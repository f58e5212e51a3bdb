// Faults of links: what is proven on them, and which of two stays.
import { faultsIn } from '../mutant.js'

export const linkFaults = [
  ...faultsIn(
    'link.ts',
    [
      {
        id: 'link-unproven',
        wrong: 'nobody has to prove that they know the key',
        find: 'if (!provesKey(me.secrets, theirRole, hello, myNonce))',
        replace: 'if (false)',
      },
      {
        id: 'link-another-group',
        wrong: 'the topic of a hello is not compared',
        find: "if (!equalBytes(hello.topic, me.secrets.topicBytes)) return 'another group'",
        replace: '',
        survives:
          'equivalent: the proof covers the topic, and its secret is derived from the same key; only the reason differs',
      },
      {
        id: 'link-role-unproven',
        wrong: 'a proof is the same in both directions',
        find: '[new TextEncoder().encode(role), nonce,',
        replace: '[nonce,',
      },
      {
        id: 'link-nonce-unproven',
        wrong: 'a recorded proof is good for ever',
        find: 'nonce, helloTranscript(hello)]',
        replace: 'helloTranscript(hello)]',
      },
      {
        id: 'link-meant-for-another',
        wrong: 'a hello for another member is accepted',
        find: "if (!forMe && !(hello.peerId === 0 && hello.key !== '')) return",
        replace: 'if (false) return',
      },
      {
        id: 'link-not-the-dialed',
        wrong: 'another life of the dialed member is accepted',
        find: 'hello.id !== link.peer.id || hello.incarnation !== link.peer.incarnation',
        replace: 'hello.id !== link.peer.id',
      },
      {
        id: 'link-newer-version',
        wrong: 'a protocol version that is too new is accepted',
        find: 'hello.versionMin > limits.PROTOCOL_VERSION ||',
        replace: '',
      },
      {
        id: 'link-older-version',
        wrong: 'a protocol version that is too old is accepted',
        find: ' || hello.versionMax < limits.PROTOCOL_VERSION',
        replace: '',
      },
      {
        id: 'link-ranks-differ',
        wrong: 'the two sides of a glare keep different links',
        find: '? a.dialer > b.dialer :',
        replace: '? true :',
      },
    ],
    ['links', 'lobby', 'meshView'],
  ),

  ...faultsIn(
    'links.ts',
    [
      {
        id: 'links-misdirected',
        wrong: 'a hello for another address is passed on to the bot here',
        find: "hello.key === '' && url !== this.context.url)",
        replace: 'false)',
      },
      {
        id: 'links-never-expire',
        wrong: 'who proves nothing is never dropped',
        find: "link.state !== 'proven' && link.deadline <= this.context.now",
        replace: 'false',
      },
      {
        id: 'links-id-clash',
        wrong: 'a second member with an id takes the link of the first',
        find: ' || (inUse && inUse.peer?.incarnation !== hello.incarnation)',
        replace: '',
      },
      {
        id: 'links-my-id',
        wrong: 'a member with my own id is linked',
        find: 'hello.id === me.id || (inUse',
        replace: '(inUse',
      },
      {
        id: 'links-both-stay',
        wrong: 'both links of a glare stay',
        find: '    if (!loser) return\n',
        replace: '    if (loser || !loser) return\n',
      },
      {
        id: 'links-held-unsaid',
        wrong: 'a hello does not list the links that are held',
        find: 'link.held = this.heldWith(link)',
        replace: '',
      },
      {
        id: 'links-sealed-answer-wrong',
        wrong: 'a lost link is not told',
        find: "if (link.state === 'proven') this.report",
        replace: "if (link.state === 'dialing') this.report",
      },
      {
        id: 'links-many-held',
        wrong: 'a hello lists more links than it may',
        find: 'return held.slice(-8)',
        replace: 'return held',
      },
      {
        id: 'links-suspended-stays',
        wrong: 'a silent link stays when a new one comes',
        find: 'old && !old.suspended && bothHoldBoth',
        replace: 'old && bothHoldBoth',
      },
      {
        id: 'links-invites-itself',
        wrong: 'a bot that invites itself looks for another id',
        find: 'if (hello.id === me.id && hello.incarnation === me.incarnation)',
        replace: 'if (false)',
      },
      {
        id: 'links-challenge-twice',
        wrong: 'a second challenge is answered',
        find: "frame?.type === 'challenge' && isFirst",
        replace: "frame?.type === 'challenge'",
      },
      {
        id: 'links-hello-unasked',
        wrong: 'a hello without a challenge is looked at',
        find: "frame?.type === 'hello' && !isFirst",
        replace: "frame?.type === 'hello'",
      },
      {
        id: 'links-parted-in-use',
        wrong: 'a link whose member said goodbye is used for others',
        find: '    link.deadline = this.context.now + limits.farewell\n    if (link.peer && this.inUse.get(link.peer.id) === link) this.inUse.delete(link.peer.id)',
        replace: '    link.deadline = this.context.now + limits.farewell',
      },
      {
        id: 'links-parted-for-ever',
        wrong: 'such a link is never closed',
        find: '    link.deadline = this.context.now + limits.farewell\n',
        replace: '    link.deadline = Infinity\n',
      },
      {
        id: 'links-hello-long',
        wrong: 'a hello of any length is parsed',
        find: 'bytes.length <= limits.hello ? decodeFrame(bytes)?.frame : undefined',
        replace: 'decodeFrame(bytes)?.frame',
      },
      {
        id: 'links-any-challenge',
        wrong: 'a challenge of another version is answered',
        find: ' && frame.version === limits.PROTOCOL_VERSION',
        replace: '',
      },
      {
        id: 'links-failure-untold',
        wrong: 'a dial that fails is not told',
        find: "else if (link.state !== 'parting') this.report",
        replace: 'else if (false) this.report',
      },
      {
        id: 'links-loser-told',
        wrong: 'a goodbye that is over counts as a failure',
        find: " if (link.state !== 'parting') this.report",
        replace: ' this.report',
      },
    ],
    ['links', 'meshView'],
  ),
]
