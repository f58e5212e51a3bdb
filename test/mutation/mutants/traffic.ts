// Faults of taking and giving: the traffic of sessions, and messages as records in blocks.
import { faultsIn } from '../mutant.js'

const near = ['session', 'traffic', 'outbox', 'message', 'group', 'meshView']

export const trafficFaults = [
  ...faultsIn(
    'traffic.ts',
    [
      {
        id: 'traffic-tag-unsaid',
        wrong: 'a hello does not name the session',
        find: '    return session.tag\n',
        replace: '    return 0\n',
      },
      {
        id: 'traffic-tag-unheard',
        wrong: 'what a hello says of the session is not kept',
        find: '    if (tag !== 0) session.remoteTag = tag\n',
        replace: '',
      },
      {
        id: 'traffic-duplicate',
        wrong: 'what came already is delivered again',
        find: 'frame.number < stream.expected',
        replace: 'frame.number < 0',
      },
      {
        id: 'traffic-gap',
        wrong: 'a block is taken though the one before it is missing',
        find: 'if (frame.number > stream.expected)',
        replace: 'if (frame.number > stream.expected + 1)',
      },
      {
        id: 'traffic-gap-untold',
        wrong: 'a gap is not told',
        find: 'if (!session.gap) this.sendAck(session, true)',
        replace: '',
      },
      {
        id: 'traffic-ack-dropped',
        wrong: 'blocks are never acknowledged alone',
        find: 'this.oweAck(session, payload.length + 1)',
        replace: '',
      },
      {
        id: 'traffic-duplicate-unacknowledged',
        wrong: 'who missed an acknowledgement never gets another',
        find: 'this.oweAck(session, 1)',
        replace: '{}',
      },
      {
        id: 'traffic-ack-timer-once',
        wrong: 'the timer of acknowledgements rings once, then never',
        find: '    this.isAckAsked = false\n',
        replace: '',
      },
      {
        id: 'traffic-old-tag',
        wrong: 'blocks of a session that is over are taken for the next',
        find: 'payload: Uint8Array): void {\n    const session = this.sessions.get(from)\n    if (!session || session.tag !== frame.tag) {',
        replace:
          'payload: Uint8Array): void {\n    const session = this.sessions.get(from)\n    if (!session) {',
      },
      {
        id: 'traffic-reset-ignored',
        wrong: 'a reset ends nothing',
        find: "if (session?.isOpen && session.remoteTag === tag) this.end(session, 'reset')",
        replace: '',
      },
      {
        id: 'traffic-old-reset',
        wrong: 'a reset of an older session ends the present one',
        find: 'session?.isOpen && session.remoteTag === tag',
        replace: 'session?.isOpen',
      },
      {
        id: 'traffic-id-clash',
        wrong: 'another member with the same id takes the place of the one in view',
        find: 'if (session.isOpen) return // another',
        replace: '// another',
      },
      {
        id: 'traffic-open-once',
        wrong: 'a session that does not open is not tried again',
        find: 'else if (session.reopenAt <= now) this.sendOpen(session)',
        replace: '',
      },
      {
        id: 'traffic-resend-never',
        wrong: 'nothing is ever sent again',
        find: 'else this.resend(session)',
        replace: '',
      },
      {
        id: 'traffic-stalled-for-ever',
        wrong: 'a member that takes nothing is waited for without end',
        find: 'now - session.progressAt > limits.stalled',
        replace: 'false',
      },
      {
        id: 'traffic-unbounded-sessions',
        wrong: 'any number of sessions is opened',
        find: 'return this.sessions.size >= limits.members',
        replace: 'return false',
      },
      {
        id: 'traffic-leaves-too-soon',
        wrong: 'leaving does not wait until everyone has everything',
        find: 'if (session.isOpen && session.hasUnacknowledged) return false',
        replace: '',
      },
      {
        id: 'traffic-takes-when-full',
        wrong: 'more is taken when the bound before JOINED is reached',
        find: 'else if (!this.isRefusing) {',
        replace: 'else {',
      },
      {
        id: 'traffic-garbage-kept',
        wrong: 'a session with garbage in it goes on',
        find: "return this.end(session, 'garbage')",
        replace: 'return',
      },
      {
        id: 'traffic-opens-unasked',
        wrong: 'a session is open before the other end knows of it',
        find: 'const knowsMe = frame.peerTag === session.tag',
        replace: 'const knowsMe = true',
      },
      {
        id: 'traffic-backlog-of-the-gone',
        wrong: 'unordered blocks for who is gone stay in the backlog',
        find: 'this.outbox.release(session.out.bulk.abandon())',
        replace: '',
      },
      {
        id: 'traffic-rewinds-for-each',
        wrong: 'each acknowledgement with a gap sends everything again',
        find: 'frame.gap && this.context.now - session.rewoundAt > (session.rtt ?? limits.ackDelay)',
        replace: 'frame.gap',
      },
      {
        id: 'traffic-silent-is-slow',
        wrong: 'who does not answer is cut off as slow',
        find: '!session.hasUnacknowledged || session.isSilent(now)',
        replace: '!session.hasUnacknowledged',
      },
      {
        id: 'traffic-resends-to-silent',
        wrong: 'what a stopped member cannot take is sent again and again',
        find: '!link || session.pingSince !== undefined ||',
        replace: '!link ||',
      },
      {
        id: 'traffic-late-goodbye',
        wrong: 'a session that opens while I leave gets no goodbye',
        find: '    if (this.isLeaving) this.outbox.sayGoodbye(session)\n    this.report',
        replace: '    this.report',
      },
      {
        id: 'traffic-goodbye-after-bulk',
        wrong: 'who still takes unordered messages gets no goodbye',
        find: '    if (this.isLeaving) this.outbox.sayGoodbye(session)\n    const link',
        replace: '    const link',
      },
      {
        id: 'traffic-acks-late',
        wrong: 'acknowledgements wait for the timer, however much comes',
        find: 'if (session.ackDue >= limits.ackBytes) this.sendAck(session, false)\n    else if',
        replace: 'if',
      },
      {
        id: 'traffic-unread-by-nobody',
        wrong: 'after a goodbye its sender waits for an acknowledgement in vain',
        find: '        this.sendAck(session, false)\n        return',
        replace: '        return',
      },
      {
        id: 'traffic-cut-off-stalls',
        wrong: 'who is cut off cuts off the others as slow',
        find: ' && !isCutOff',
        replace: '',
      },
      {
        id: 'traffic-lost-for-ever',
        wrong: 'a session that nobody reaches any more is opened without end',
        find: 'if (isLost) this.forget(session)\n    else if',
        replace: 'if',
      },
      {
        id: 'traffic-closed-resent',
        wrong: 'what is on its way through a full channel is sent again',
        find: ' || link.queued > limits.channelLow',
        replace: '',
      },
      {
        id: 'traffic-silent-resent',
        wrong: 'a member that does not answer is sent everything again and again',
        find: 'session.pingSince !== undefined || ',
        replace: '',
      },
      {
        id: 'traffic-foreign-open',
        wrong: 'who asks for an earlier life of mine is answered',
        find: '    if (frame.peerIncarnation !== this.context.me.incarnation) return\n',
        replace: '',
      },
      {
        id: 'traffic-stolen-id',
        wrong: 'who has the id of a member in view takes its place',
        find: 'if (session.isOpen) return // another',
        replace: 'if (false) return // another',
      },
      {
        id: 'traffic-gap-always',
        wrong: 'every frame after a gap is answered',
        find: 'if (!session.gap) this.sendAck(session, true)',
        replace: 'this.sendAck(session, true)',
      },
      {
        id: 'traffic-lost-stays',
        wrong: 'who cannot be reached and never opened stays',
        find: 'if (isLost) this.forget(session)',
        replace: 'if (false) this.forget(session)',
      },
    ],
    near,
  ),

  ...faultsIn(
    'message.ts',
    [
      {
        id: 'message-claims-too-much',
        wrong: 'a large message may claim any size',
        find: 'total > this.maxMessageSize ||',
        replace: '',
      },
      {
        id: 'message-too-large',
        wrong: 'a message in one block may be larger than allowed',
        find: ' || length > this.maxMessageSize',
        replace: '',
      },
      {
        id: 'message-grows',
        wrong: 'a large message may grow beyond what it claimed',
        find: 'arrived > this.total ||',
        replace: '',
      },
      {
        id: 'message-ends-early',
        wrong: 'a large message may end before all of it has come',
        find: 'isLast !== (arrived === this.total)',
        replace: 'false',
      },
      {
        id: 'message-allocates-claims',
        wrong: 'memory grows with what a record claims',
        find: 'Math.min(this.total, Math.max(arrived, this.partial.length * 2))',
        replace: 'this.total',
      },
      {
        id: 'message-beyond-block',
        wrong: 'a record may be longer than its block',
        find: 'length > cursor.bytes.length - start',
        replace: 'length > cursor.bytes.length',
      },
      {
        id: 'message-lent',
        wrong: 'users are given the memory of the frame',
        find: 'part.slice(), kind === TEXT)',
        replace: 'part, kind === TEXT)',
      },
      {
        id: 'message-block-overfull',
        wrong: 'blocks become larger than they may',
        find: 'return this.length + payload.length + 5 <= limits.block',
        replace: 'return true',
      },
      {
        id: 'message-text-as-bytes',
        wrong: 'a large text arrives as bytes',
        find: 'kind === FIRST_TEXT)\n',
        replace: 'false)\n',
      },
      {
        id: 'message-not-copied',
        wrong: 'bytes that the user changes later are sent changed',
        find: ': new Uint8Array(data)',
        replace: ': data',
      },
    ],
    near,
  ),
]
