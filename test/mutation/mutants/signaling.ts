// Faults of a member's connection with Sigver.
import { faultsIn } from '../mutant.js'

export const signalingFaults = [
  ...faultsIn(
    'signaling.ts',
    [
      {
        id: 'signaling-heartbeat-forgotten',
        wrong: 'no timer asks Sigver whether it is there',
        find: "this.setTimer('heartbeat', this.context.now + limits.heartbeat)",
        replace: '',
      },
      {
        id: 'signaling-same-pause',
        wrong: 'the pauses do not grow',
        find: 'limits.reconnect * 2 ** (this.failures - 1)',
        replace: 'limits.reconnect',
      },
      {
        id: 'signaling-claims-each',
        wrong: 'each of many changes is claimed by itself',
        find: 'this.claimedAt + limits.claimPause',
        replace: '0',
      },
      {
        id: 'signaling-claims-late',
        wrong: 'a changed member list is not claimed before its time',
        find: 'if (this.hasAnnounced && this.claimAt > at) this.claimSoon(at)',
        replace: '',
      },
      {
        id: 'signaling-outage-repeated',
        wrong: 'an outage is told with each try',
        find: 'if (!this.isOutageTold) this.error(code, reason)',
        replace: 'this.error(code, reason)',
      },
      {
        id: 'signaling-timers-left',
        wrong: 'timers of a closed connection stay',
        find: "for (const timer of ['heartbeat', 'claim', 'reconnect'] as const)",
        replace: "for (const timer of ['reconnect'] as const)",
      },
      {
        id: 'signaling-id-taken',
        wrong: 'Sigver’s word that an id is taken is an outage like any other',
        find: "if (code === closeCodes.idTaken) this.facts.push({ fact: 'idTaken' })",
        replace: "if (false) this.facts.push({ fact: 'idTaken' })",
      },
      {
        id: 'signaling-unasked',
        wrong: '"connected" counts in any state',
        find: 'if (this.state === SignalingState.CHECKING) this.become(SignalingState.CHECKED, true)',
        replace: 'this.become(SignalingState.CHECKED, true)',
      },
      {
        id: 'signaling-dials-for-ever',
        wrong: 'a connection that does not open is waited for without end',
        find: '? this.connectBy <= now',
        replace: '? false',
      },
      {
        id: 'signaling-unconfirmed',
        wrong: 'a proven link does not end CHECKING',
        find: 'this.become(SignalingState.CHECKED)\n',
        replace: 'return\n',
      },
      {
        id: 'signaling-never-final',
        wrong: 'a refusal for good is an outage like any other',
        find: 'isFinal(code)',
        replace: 'false',
      },
      {
        id: 'signaling-never-asked-twice',
        wrong: 'what is said of members is said once',
        find: 'this.claimedAt = this.context.now\n    this.claimSoon(this.context.now + limits.claimEvery)',
        replace: 'this.claimedAt = this.context.now',
      },
      {
        id: 'signaling-hurries-not',
        wrong: 'who comes back waits for the pause',
        find: '    if (this.state === SignalingState.CLOSED) this.connect()\n    else this.probe()',
        replace: '    if (this.state !== SignalingState.CLOSED) this.probe()',
      },
      {
        id: 'signaling-never-silent',
        wrong: 'a Sigver that does not answer counts as watching',
        find: "? 'silent'\n",
        replace: "? 'watching'\n",
      },
      {
        id: 'signaling-garbage-taken',
        wrong: 'a server that is no Sigver is not left',
        find: "if (!frame) return this.giveUp('SIGNALING_GARBAGE', 'what answers there is not a Sigver')",
        replace: 'if (!frame) return',
      },
      {
        id: 'signaling-fails-for-ever',
        wrong: 'pauses grow over all outages',
        find: "      case 'connected':\n        this.failures = 0",
        replace: "      case 'connected':",
      },
      {
        id: 'signaling-all-at-once',
        wrong: 'all members try again at the same time',
        find: '* (1 + byte / 512)',
        replace: '',
      },
      {
        id: 'signaling-away-ignored',
        wrong: 'a Sigver that goes away is not heard when to come back',
        find: '        this.returnAfter = frame.after\n',
        replace: '',
      },
      {
        id: 'signaling-away-for-ever',
        wrong: 'a Sigver may send members away for any time',
        find: 'Math.min(returnAfter, limits.reconnectMost)',
        replace: 'returnAfter',
      },
      {
        id: 'signaling-away-again',
        wrong: 'all later pauses are those of a Sigver that went away once',
        find: 'const { returnAfter } = this\n    this.returnAfter = undefined',
        replace: 'const { returnAfter } = this',
      },
      {
        id: 'signaling-token-unasked',
        wrong: 'nobody is asked for a token',
        find: 'if (this.options.needsToken) this',
        replace: 'if (false) this',
      },
      {
        id: 'signaling-token-unsaid',
        wrong: 'Sigver does not get the token',
        find: '        this.token = input.token\n',
        replace: '',
      },
      {
        id: 'signaling-token-missing',
        wrong: 'a member connects without the token that it needs',
        find: "if (input.problem !== undefined) return this.giveUp('TOKEN_FAILED', input.problem)",
        replace: '',
      },
      {
        id: 'signaling-turn-unused',
        wrong: 'TURN servers of Sigver are not used',
        find: "        this.facts.push({ fact: 'turn', server: frame })\n",
        replace: '',
      },
      {
        id: 'signaling-full-untold',
        wrong: 'a Sigver without a place looks unreachable',
        find: 'isCrowded(code)',
        replace: 'false',
      },
      {
        id: 'signaling-probe-late',
        wrong: 'Sigver is not asked whether it is there when it opens',
        find: '        this.become(SignalingState.OPEN)\n        this.probe()\n',
        replace: '        this.become(SignalingState.OPEN)\n',
      },
      {
        id: 'signaling-answered-late',
        wrong: 'a Sigver that answers counts as silent',
        find: "    this.pingSince = undefined\n    this.setTimer('heartbeat', this.context.now + limits.heartbeat)",
        replace: "    this.setTimer('heartbeat', this.context.now + limits.heartbeat)",
      },
      {
        id: 'signaling-refusal-silent',
        wrong: 'users are not told why Sigver refuses',
        find: "      this.error('SIGNALING_REFUSED', `it refused: ${reason || code}`)\n",
        replace: '',
      },
    ],
    ['group'],
  ),

  ...faultsIn(
    'closeCodes.ts',
    [
      {
        id: 'codes-version-tried-again',
        wrong: 'another protocol version is tried again',
        find: '  closeCodes.badVersion,\n])',
        replace: '])',
      },
      {
        id: 'codes-origin-tried-again',
        wrong: 'a refused origin is tried again',
        find: '  closeCodes.badOrigin,\n',
        replace: '',
      },
    ],
    ['signaling', 'errors'],
  ),
]
