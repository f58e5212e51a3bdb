// Faults of getting a link: dials, the negotiation of the transport, and the seals on it.
import { faultsIn } from '../mutant.js'

export const dialingFaults = [
  ...faultsIn(
    'dialing.ts',
    [
      {
        id: 'dialing-offer-unanswered',
        wrong: 'who can have no data channel does not say so to who offers one',
        find: 'if (!this.context.capabilities.rtc) return this.goOn(dial)',
        replace: 'if (!this.context.capabilities.rtc) return',
      },
      {
        id: 'dialing-offer-kept',
        wrong: 'an offer that the other side cannot take is kept',
        find: " && (link.kind === 'websocket' || dial.sides[other(dial.role)].rtc)) return",
        replace: ') return',
      },
      {
        id: 'dialing-everyone-asked',
        wrong: 'who hardly listens is asked, not offered a data channel',
        find: 'favored.includes(id) ? UNKNOWN : BROWSER',
        replace: 'UNKNOWN',
      },
      {
        id: 'dialing-nobody-asked',
        wrong: 'who may listen is offered a data channel',
        find: 'favored.includes(id) ? UNKNOWN : BROWSER',
        replace: 'BROWSER',
      },
      {
        id: 'dialing-other-offer',
        wrong: 'an answer to another offer is taken',
        find: 'if (!equalBytes(step.offerHash, sha256(utf8.encode(dial.offer)))) return',
        replace: '',
      },
      {
        id: 'dialing-others-later',
        wrong: 'the others of an introduction are not dialed',
        find: 'if (!isKnown && this.dials.size < limits.dials)',
        replace: 'if (false)',
      },
      {
        id: 'dialing-others-reported',
        wrong: 'Sigver is told what became of the others, too',
        find: "this.begin(other, 'sigver', sideOf(other), false)",
        replace: "this.begin(other, 'sigver', sideOf(other))",
      },
      {
        id: 'dialing-responder-stays',
        wrong: 'a responder waits though everything was tried',
        find: "if (dial.role === 'responder' && nextStep(dial.sides, 'initiator') === 'fail')",
        replace: 'if (false)',
      },
      {
        id: 'dialing-replay',
        wrong: 'a replayed message begins a negotiation',
        find: ' || message.attempt <= (this.lastAttempt.get(message.incarnation) ?? 0)',
        replace: '',
      },
      {
        id: 'dialing-earlier-life',
        wrong: 'a message for an earlier life of mine is taken',
        find: 'if (message.peerIncarnation !== me.incarnation) return true',
        replace: '',
      },
      {
        id: 'dialing-unanswered',
        wrong: 'who does not answer is waited for as long as a negotiation lasts',
        find: "else if (dial.answerBy !== undefined && dial.answerBy <= now) this.finish(dial, 'it does not answer')",
        replace: '',
      },
      {
        id: 'dialing-endless',
        wrong: 'a negotiation never ends',
        find: 'if (dial.deadline <= now)',
        replace: 'if (false)',
      },
      {
        id: 'dialing-said-once',
        wrong: 'an offer that is lost is not repeated',
        find: 'else if (dial.repeatAt !== undefined && dial.repeatAt <= now) this.repeat(dial)',
        replace: '',
      },
      {
        id: 'dialing-without-pause',
        wrong: 'who cannot be linked is dialed again at once',
        find: 'if (reason !== undefined) this.pause(dial.peer.id)',
        replace: '',
      },
      {
        id: 'dialing-pauses-stay',
        wrong: 'a new network does not end the pauses',
        find: '    this.pauses.clear()\n',
        replace: '',
      },
      {
        id: 'dialing-larger-id-waits',
        wrong: 'the larger id of a pair never dials',
        find: 'pause.until + limits.redialOther > now',
        replace: 'true',
      },
      {
        id: 'dialing-too-many',
        wrong: 'any number of dials runs at once',
        find: 'if (this.dials.size >= limits.dials) return',
        replace: '',
      },
      {
        id: 'dialing-failure-untold',
        wrong: 'the other side is not told that my end failed',
        find: "this.send(dial, { type: 'failed', link: attempt, dialer, reason: fact.reason })",
        replace: '',
      },
      {
        id: 'dialing-candidates-lost',
        wrong: 'candidates of the other side are not used',
        find: "this.context.out({ do: 'candidates', channel: link.channel, candidates: step.candidates })",
        replace: 'return',
      },
      {
        id: 'dialing-turn-takes-all',
        wrong: 'a late turn ends the attempt that runs',
        find: "if (link?.role === 'dialer' && (link.kind === 'websocket' || dial.sides[other(dial.role)].rtc)) return",
        replace: '',
      },
      {
        id: 'dialing-stranger-waits',
        wrong: 'who does not know the key is waited for',
        find: "if (dial?.answerBy !== undefined) this.finish(dial, 'it does not know the key')",
        replace: '',
      },
      {
        id: 'dialing-same-pause',
        wrong: 'the pauses between dials do not grow',
        find: 'last === 0 ? limits.redial : last * 2',
        replace: 'limits.redial',
      },
      {
        id: 'dialing-old-link-kept',
        wrong: 'the link of an older negotiation goes on beside the newer',
        find: "if (old?.link) this.links.drop(old.link, peerCloseCodes.double, 'a newer negotiation began')",
        replace: '',
      },
      {
        id: 'dialing-remembers-all',
        wrong: 'attempts are remembered without a bound',
        find: 'if (this.lastAttempt.size <= 2 * limits.members) return',
        replace: 'if (this.lastAttempt.size > 0) return',
      },
      {
        id: 'dialing-settled-twice',
        wrong: 'a second answer is taken, too',
        find: '    if (dial.repeatAt === undefined) return\n    dial.repeatAt = undefined\n    this.context',
        replace: '    this.context',
      },
      {
        id: 'dialing-both-at-once',
        wrong: 'a member dials who is dialing it',
        find: "if (isWaiting || this.dials.has(key(id, 'responder'))) continue",
        replace: 'if (isWaiting) continue',
      },
      {
        id: 'dialing-offer-long',
        wrong: 'a description of any length is sent',
        find: ' || sdp.length > limits.sdp',
        replace: '',
      },
      {
        id: 'dialing-failure-unsaid',
        wrong: 'the other side does not hear why its dial failed here',
        find: 'reason: withReason(mine, `${kind}: ${reason}`)',
        replace: "reason: ''",
      },
      {
        id: 'dialing-dials-for-ever',
        wrong: 'a negotiation has no end',
        find: "if (dial.deadline <= now) this.finish(dial, 'it took too long')\n      else if",
        replace: 'if',
      },
    ],
    ['sealing', 'negotiation', 'links', 'meshView', 'group'],
  ),

  ...faultsIn('negotiation.ts', [
    {
      id: 'negotiation-untried-again',
      wrong: 'a replayed message makes a WebSocket untried again',
      find: ' || mine[theirs].triedWebSocket',
      replace: '',
    },
    {
      id: 'negotiation-one-side',
      wrong: 'the other side does not try a data channel',
      find: "if (!them.triedRtc) return 'pass'",
      replace: '',
    },
    {
      id: 'negotiation-no-websocket',
      wrong: 'a WebSocket is not tried',
      find: "if (them.url !== '' && !me.triedWebSocket) return 'dial-websocket'",
      replace: '',
    },
    {
      id: 'negotiation-no-turn',
      wrong: 'the other side does not try a WebSocket',
      find: "if (me.url !== '' && !them.triedWebSocket) return 'pass'",
      replace: '',
    },
    {
      id: 'negotiation-mine-overwritten',
      wrong: 'the other side says what I have tried',
      find: '{ initiator: mine.initiator, responder: them }',
      replace: '{ initiator: told.initiator, responder: them }',
    },
    {
      id: 'negotiation-both-fail',
      wrong: 'nobody passes when all was tried',
      find: "return role === 'initiator' ? 'fail' : 'pass'",
      replace: "return 'fail'",
    },
    {
      id: 'negotiation-long-reason',
      wrong: 'a reason may grow without a bound',
      find: '.slice(0, 200)',
      replace: '',
    },
  ]),

  ...faultsIn('sealing.ts', [
    {
      id: 'sealing-recipient',
      wrong: 'a sealed message can be handed to someone else',
      find: 'view.setUint32(4, to)',
      replace: '',
    },
    {
      id: 'sealing-sender',
      wrong: 'a sealed message can be passed off as someone else’s',
      find: 'view.setUint32(0, from)',
      replace: '',
    },
    {
      id: 'sealing-long-offer',
      wrong: 'an offer of any length is taken',
      find: "sdp.length <= limits.sdp ? { type: 'offer', link, sdp } : undefined",
      replace: "{ type: 'offer', link, sdp }",
    },
    {
      id: 'sealing-many-candidates',
      wrong: 'any number of candidates is taken',
      find: 'candidates.length <= limits.candidates &&',
      replace: '',
    },
    {
      id: 'sealing-long-candidate',
      wrong: 'candidates of any length are taken',
      find: ' && candidates.every((one) => one.length <= limits.candidate)',
      replace: '',
    },
    {
      id: 'sealing-long-url',
      wrong: 'a URL of any length is taken',
      find: 'if (url.length > limits.url) return undefined',
      replace: '',
    },
  ]),
]
