// Faults of noticing who is there no more, and of one life as a whole.
import { faultsIn } from '../mutant.js'

export const livenessFaults = [
  ...faultsIn(
    'liveness.ts',
    [
      {
        id: 'liveness-sleeper-accuses',
        wrong: 'who slept gives up the others',
        find: 'if (this.hasSlept()) this.startAnew()',
        replace: '',
      },
      {
        id: 'liveness-nobody-dies',
        wrong: 'a silent member is never given up',
        find: "return silence >= (watch === 'watching' ? limits.watchedDead : limits.aloneDead)",
        replace: 'return false',
      },
      {
        id: 'liveness-impatient',
        wrong: 'a stopped member is given up after 5 s though Sigver sees it',
        find: "(watch === 'watching' ? limits.watchedDead : limits.aloneDead)",
        replace: 'limits.aloneDead',
      },
      {
        id: 'liveness-cut-off-accuses',
        wrong: 'who is cut off gives up the others',
        find: 'if (this.cutOff) return silence >= limits.cutOff',
        replace: '',
      },
      {
        id: 'liveness-no-pong',
        wrong: 'a ping is not answered',
        find: "this.paths.sendOver(link, from, { type: 'pong', number })",
        replace: '',
      },
      {
        id: 'liveness-sign-ignored',
        wrong: 'hints and closed transports are ignored',
        find: '    session.signs.add(sign)\n',
        replace: '    return\n',
      },
      {
        id: 'liveness-slow-verdict',
        wrong: 'who is suspected has as much time as others',
        find: 'signs.size > 1 ? limits.suspectGone : limits.suspectDead',
        replace: 'limits.watchedDead',
      },
      {
        id: 'liveness-rtt',
        wrong: 'round trips are told ten times too long',
        find: 'session.rtt = tenths / TENTHS',
        replace: 'session.rtt = tenths',
      },
      {
        id: 'liveness-dead-link-used',
        wrong: 'that a member answers elsewhere says nothing about its link',
        find: 'session !== undefined && session.heardAt > link.pingSince',
        replace: 'false',
      },
      {
        id: 'liveness-dead-link-kept',
        wrong: 'such a link is never given up',
        find: 'silence > 5 * limits.suspectLink',
        replace: 'false',
      },
      {
        id: 'liveness-cut-off-remembered',
        wrong: 'silence while I was cut off counts against the others',
        find: '      if (this.cutOff) this.startAnew()\n',
        replace: '',
      },
      {
        id: 'liveness-no-detour',
        wrong: 'a member with a silent link is not asked on another path',
        find: 'if (detour) this.paths.sendOver',
        replace: 'if (false) this.paths.sendOver',
      },
      {
        id: 'liveness-wrong-tag',
        wrong: 'a ping for who had my id before is answered',
        find: "if (tag !== 0 && session?.tag !== tag) return this.paths.sendOver(link, from, { type: 'reset', tag })",
        replace: '',
      },
      {
        id: 'liveness-stuck',
        wrong: 'who has much to acknowledge is pinged no sooner',
        find: '(isStuck ? limits.quietAlone : quiet)',
        replace: 'quiet',
      },
      {
        id: 'liveness-one-is-enough',
        wrong: 'who misses one of one is cut off',
        find: "watch === 'silent' || this.open.length > 1",
        replace: 'true',
      },
      {
        id: 'liveness-future',
        wrong: 'a pong from the future counts',
        find: 'if (tenths < 2 ** 31) session.rtt',
        replace: 'session.rtt',
      },
    ],
    ['meshView'],
  ),

  ...faultsIn(
    'mesh.ts',
    [
      {
        id: 'mesh-endless-farewell',
        wrong: 'a goodbye that nobody hears is waited for without end',
        find: "this.setTimer('farewell', this.base.now + limits.farewell)",
        replace: '',
      },
      {
        id: 'mesh-ticks-once',
        wrong: 'a member looks around once, then never',
        find: '        this.isTicking = false\n',
        replace: '',
      },
      {
        id: 'mesh-loss-unsuspected',
        wrong: 'a member whose transport closed is not suspected',
        find: "this.liveness.suspect(link.peer.id, 'closed')",
        replace: '{}',
      },
      {
        id: 'mesh-twin',
        wrong: 'two members keep one id',
        find: "if (twin && twin.incarnation < incarnation) this.facts.push({ fact: 'idTaken' })",
        replace: '',
      },
      {
        id: 'mesh-timers-left',
        wrong: 'timers survive the end of a life',
        find: "['tick', 'ack', 'announce', 'farewell'] as const",
        replace: "['tick', 'farewell'] as const",
      },
      {
        id: 'mesh-goodbye-forgotten',
        wrong: 'who said goodbye is met again',
        find: "if (how === 'goodbye') this.graph.depart(peer.id, peer.incarnation, this.base.now)",
        replace: '',
      },
      {
        id: 'mesh-garbage-tolerated',
        wrong: 'a link with garbage on it stays',
        find: 'if (!envelope || !link.peer) return this.garbage(link)',
        replace: 'if (!envelope || !link.peer) return',
      },
      {
        id: 'mesh-edges-unused',
        wrong: 'edges between others that are new make no paths',
        find: 'if (this.announcing.flush()) this.topologyChanged()',
        replace: 'this.announcing.flush()',
      },
      {
        id: 'mesh-hint-ignored',
        wrong: 'hints of Sigver are ignored',
        find: "this.liveness.suspect(peer.id, 'hinted')",
        replace: 'continue',
      },
      {
        id: 'mesh-suspended-for-ever',
        wrong: 'a link that speaks again stays suspended',
        find: '      link.suspended = false\n',
        replace: '',
      },
      {
        id: 'mesh-unmet',
        wrong: 'sending to a member that has left is misuse',
        find: '        this.met.add(fact.peer.id)\n',
        replace: '',
      },
      {
        id: 'mesh-sleepers-suspected',
        wrong: 'who did not answer its transport is suspected at once',
        find: 'if (fact.code !== NO_ANSWER) this.liveness',
        replace: 'this.liveness',
      },
      {
        id: 'mesh-introduced-again',
        wrong: 'an introduction to a neighbour is dialed',
        find: 'if (link && this.view.isLinked(peer)) this.liveness',
        replace: 'if (false) this.liveness',
      },
      {
        id: 'mesh-doubted-kept',
        wrong: 'a doubted link that stays silent is not replaced',
        find: 'if (peer && isDoubted) this.dialing.introduce(peer)',
        replace: '{}',
      },
      {
        id: 'mesh-silent-link-kept',
        wrong: 'the link of who was given up stays',
        find: "if (link && (how === 'silent' || how === 'garbage')) this.links.drop(link, peerCloseCodes.left, how)",
        replace: '',
      },
      {
        id: 'mesh-departed-opens',
        wrong: 'who said goodbye can open a session',
        find: 'if (!this.graph.hasDeparted(frame.incarnation)) this.traffic',
        replace: 'this.traffic',
      },
      {
        id: 'mesh-far-announcements',
        wrong: 'announcements that were passed on count as a neighbour’s',
        find: 'if (to === 0) this.onAnnouncements',
        replace: 'this.onAnnouncements',
      },
      {
        id: 'mesh-leaver-dials',
        wrong: 'who leaves still answers negotiations',
        find: "if (!this.isLeaving) this.dialing.onSignal(from, payload, 'sigver')",
        replace: "this.dialing.onSignal(from, payload, 'sigver')",
      },
      {
        id: 'mesh-invited-nobody',
        wrong: 'an invitation that fails is not told',
        find: "    this.facts.push({ fact: 'inviteFailed', invitation: link.invitation, error })\n",
        replace: '',
      },
      {
        id: 'mesh-goodbye-cuts',
        wrong: 'who said goodbye cannot pass on what is under way through it',
        find: '      this.links.part(link)\n',
        replace: '',
      },
    ],
    ['meshView', 'links', 'group'],
  ),
]
