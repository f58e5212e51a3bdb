// Faults of what carries messages: sessions, the queues before them, and messages that come too early.
import { faultsIn } from '../mutant.js'

const near = ['session', 'traffic', 'outbox', 'message', 'group', 'meshView']

export const streamFaults = [
  ...faultsIn(
    'session.ts',
    [
      {
        id: 'session-one-end',
        wrong: 'frames name only the receiving end of their session',
        find: '(this.tag ^ this.remoteTag) >>> 0',
        replace: '1',
      },
      {
        id: 'session-ack-one-more',
        wrong: 'an acknowledgement releases one block too many',
        find: 'this.release(upTo - this.first)',
        replace: 'this.release(upTo - this.first + 1)',
      },
      {
        id: 'session-ack-one-less',
        wrong: 'an acknowledgement releases one block too few',
        find: 'this.release(upTo - this.first)',
        replace: 'this.release(upTo - this.first - 1)',
      },
      {
        id: 'session-ack-unsent',
        wrong: 'what was never sent can be acknowledged',
        find: 'return upTo <= this.highest ?',
        replace: 'return upTo > 0 ?',
      },
      {
        id: 'session-rewind-nothing',
        wrong: 'a rewind sends nothing again',
        find: '    this.next = this.first\n',
        replace: '',
      },
      {
        id: 'session-window-shut',
        wrong: 'after a rewind the window stays as full as it was',
        find: '    this.inFlight = 0\n  }',
        replace: '  }',
      },
      {
        id: 'session-window-ignored',
        wrong: 'blocks are sent beyond the window',
        find: 'this.inFlight + block.size <= window',
        replace: 'block.size <= window',
      },
      {
        id: 'session-inflight-below-zero',
        wrong: 'blocks that are not on their way count as arrived',
        find: '< this.next) this.inFlight',
        replace: '< Infinity) this.inFlight',
      },
      {
        id: 'session-ping-never-answered',
        wrong: 'a word of a member does not end its silence',
        find: '    this.pingSince = undefined\n',
        replace: '',
      },
      {
        id: 'session-suspicion-stays',
        wrong: 'a word of a member does not end the suspicion',
        find: '    this.suspectSince = undefined\n',
        replace: '',
      },
      {
        id: 'session-no-progress',
        wrong: 'acknowledgements are no progress',
        find: 'released.length > 0 || !this.hasUnacknowledged',
        replace: '!this.hasUnacknowledged',
      },
      {
        id: 'session-large-stuck',
        wrong: 'a block larger than the window is never sent',
        find: '(this.inFlight === 0 || this.inFlight',
        replace: '(this.inFlight',
      },
      {
        id: 'session-rewound-unknown',
        wrong: 'when it was sent again is forgotten',
        find: '    this.rewoundAt = now\n',
        replace: '',
      },
      {
        id: 'session-blocks-kept',
        wrong: 'a large message stays in memory until all of it has arrived',
        find: 'this.blocks[this.head++] = undefined',
        replace: 'this.head++',
      },
      {
        id: 'session-silent-busy',
        wrong: 'who does not answer is taken for slow',
        find: 'this.pingSince !== undefined && now - this.pingSince > limits.suspectLink',
        replace: 'false',
      },
    ],
    near,
  ),

  ...faultsIn(
    'outbox.ts',
    [
      {
        id: 'outbox-goodbye-overtakes',
        wrong: 'the goodbye overtakes unordered messages',
        find: ' || session.out.bulk.hasUnacknowledged) return',
        replace: ') return',
      },
      {
        id: 'outbox-reroute-forgets',
        wrong: 'a new path takes nothing of what was on the old one',
        find: 'if (session.path !== 0) session.rewind(this.context.now)',
        replace: '',
      },
      {
        id: 'outbox-wrong-audience',
        wrong: 'a private message shares a block with a broadcast',
        find: 'isFull || packing.audience !== audience',
        replace: 'isFull',
      },
      {
        id: 'outbox-room-never',
        wrong: 'send() waits for ever once it waits',
        find: '    this.reportRoom()\n',
        replace: '',
      },
      {
        id: 'outbox-backlog-grows',
        wrong: 'the backlog never shrinks',
        find: 'block.holders === 0',
        replace: 'block.holders < 0',
      },
      {
        id: 'outbox-channel-overfull',
        wrong: 'a channel is filled beyond its mark',
        find: 'isAnySent && link.queued < limits.channelHigh',
        replace: 'isAnySent',
      },
      {
        id: 'outbox-bulk-beside',
        wrong: 'unordered messages fill the way of those that shall pass them',
        find: 'isTalking ? limits.besideWindow : window',
        replace: 'window',
      },
      {
        id: 'outbox-bulk-slow',
        wrong: 'unordered messages are held back though nobody has spoken for long',
        find: 'this.context.now - session.spokeAt < limits.talk',
        replace: 'session.spokeAt > 0',
      },
      {
        id: 'outbox-bulk-in-the-way',
        wrong: 'unordered messages make long queues',
        find: 'link.queued < limits.channelBulk &&',
        replace: '',
      },
      {
        id: 'outbox-sent-to-unopened',
        wrong: 'a broadcast goes to sessions that are not open',
        find: 'if (!session.isOpen) continue\n      // Only',
        replace: '// Only',
      },
      {
        id: 'outbox-one-turn-only',
        wrong: 'small messages go out once, then never',
        find: '    this.isTurnAsked = false\n',
        replace: '',
      },
      {
        id: 'outbox-ack-behind',
        wrong: 'a packet acknowledges one block too few',
        find: 'const ack = session.in.ordered.expected',
        replace: 'const ack = session.in.ordered.expected - 1',
      },
      {
        id: 'outbox-slow-holds-back',
        wrong: 'a slow member holds back send()',
        find: ' && this.context.now - session.progressAt < limits.slow',
        replace: '',
      },
      {
        id: 'outbox-behind-from-before',
        wrong: 'a session counts as slow from the first byte on',
        find: '      if (!session.hasUnacknowledged) session.progressAt = this.context.now\n',
        replace: '',
      },
      {
        id: 'outbox-goodbye-uncounted',
        wrong: 'goodbyes are taken from a backlog that they were not added to',
        find: '    session.out.ordered.push(block)\n    this.backlog += block.size',
        replace: '    session.out.ordered.push(block)',
      },
      {
        id: 'outbox-relayed-window',
        wrong: 'through a relay as much is sent as on a direct link',
        find: '  if (link.peer?.id !== peer.id) return limits.relayedWindow\n',
        replace: '',
      },
      {
        id: 'outbox-channel-window',
        wrong: 'a data channel is filled like a WebSocket',
        find: "if (link.kind === 'websocket') return",
        replace: 'if (link) return',
      },
      {
        id: 'outbox-long-round-trip',
        wrong: 'with a long round trip no more is under way',
        find: 'rtt * limits.channelRate',
        replace: '0',
      },
    ],
    near,
  ),

  ...faultsIn(
    'early.ts',
    [
      {
        id: 'early-unbounded',
        wrong: 'messages before JOINED wait without a bound',
        find: 'return this.bytes > limits.early',
        replace: 'return false',
      },
      {
        id: 'early-of-leavers',
        wrong: 'messages of who has left are told on JOINED',
        find: 'this.refill(this.messages.filter((message) => message.id !== id))',
        replace: '',
      },
      {
        id: 'early-twice',
        wrong: 'early messages are told with each JOINED again',
        find: '    this.refill([])\n',
        replace: '',
      },
      {
        id: 'early-uncounted',
        wrong: 'what waits and was told still counts',
        find: '    this.bytes = messages.reduce((sum, { data }) => sum + sizeOf(data), 0)\n',
        replace: '',
      },
    ],
    ['group', 'meshView'],
  ),
]
