// Faults of several instances that are one Sigver: who owns a topic, and what they tell each other.
import { faultsIn } from '../mutant.js'

export const clusterFaults = [
  ...faultsIn('cluster.ts', [
    {
      id: 'cluster-silent-guest',
      wrong: 'who is on its way to a seat may not speak',
      find: "    else this.post(guest.owner, { kind: 'said', seat: -channel, frame: bytes })",
      replace: '',
    },
    {
      id: 'cluster-guest-stays',
      wrong: 'the owner does not hear whose socket closed elsewhere',
      find: "else this.post(owner, { kind: 'left', seat: -channel })",
      replace: '',
    },
    {
      id: 'cluster-undismissed',
      wrong: 'whom the owner sends away stays where its socket is',
      find: "    this.post(seat.at, { kind: 'dismissed', seat: seat.seat, code: closeCodes[reason] })\n",
      replace: '',
    },
    {
      id: 'cluster-seats-alone',
      wrong: 'an instance seats peers before it knows who else is there',
      find: 'return this.settledAt !== undefined && this.context.now >= this.settledAt',
      replace: 'return true',
    },
    {
      id: 'cluster-impatient',
      wrong: 'who else is there need not be known',
      find: '&& this.context.now >= this.settledAt',
      replace: '',
    },
    {
      id: 'cluster-dead-stay',
      wrong: 'the guests of a dead instance stay',
      find: 'this.visitors.forget(name)',
      replace: '',
    },
    {
      id: 'cluster-lost-owner',
      wrong: 'who sat at a dead instance sits nowhere',
      find: 'if (guest.owner !== this.instances.owner(guest.topic)) this.seat(channel, guest)',
      replace: 'if (guest.owner === undefined && false) this.seat(channel, guest)',
    },
    {
      id: 'cluster-replay',
      wrong: 'a batch that comes again is taken again',
      find: '    if (number <= line.received) return\n',
      replace: '',
    },
    {
      id: 'cluster-gap',
      wrong: 'a batch that was lost is not missed',
      find: 'if (!isWhole) this.synchronize(from)',
      replace: '',
    },
    {
      id: 'cluster-moved-hinted',
      wrong: 'who is seated elsewhere is said to be gone',
      find: 'if (before === this.instances.me) this.house.leave(channel, true)',
      replace: 'if (before === this.instances.me) this.house.leave(channel, false)',
    },
    {
      id: 'cluster-anyone-tells',
      wrong: 'any instance may speak to a guest in the name of its owner',
      find: 'if (this.guests.get(-part.seat)?.owner === from)',
      replace: 'if (true)',
    },
    {
      id: 'cluster-anyone-dismisses',
      wrong: 'any instance may send a guest away',
      find: ' || this.guests.get(channel)?.owner !== from) return',
      replace: ') return',
    },
    {
      id: 'cluster-claims-old',
      wrong: 'a new owner is told what a guest claimed first',
      find: '      guest.announcement = {',
      replace: '      if (false) guest.announcement = {',
    },
    {
      id: 'cluster-bus-unsaid',
      wrong: 'what was said without a bus is not told again',
      find: 'for (const name of this.instances.alive) this.synchronize(name)',
      replace: '',
    },
    {
      id: 'cluster-return-unheard',
      wrong: 'who was asleep is not introduced anew at another instance',
      find: "else this.post(owner, { kind: 'returned', seat: -channel })",
      replace: '',
    },
  ]),

  ...faultsIn(
    'visitors.ts',
    [
      {
        id: 'visitors-stale-stay',
        wrong: 'whose goodbye was lost stays',
        find: '    for (const seat of party.stale ?? []) this.leave(from, seat, false)\n',
        replace: '',
      },
      {
        id: 'visitors-missed-unsaid',
        wrong: 'who may have missed something is not answered again',
        find: 'if (before !== undefined && !party.hasMissed) {',
        replace: 'if (before !== undefined) {',
      },
      {
        id: 'visitors-dead-stay',
        wrong: 'those of a dead instance stay',
        find: 'for (const seat of [...this.partyOf(from).seats.keys()]) this.leave(from, seat, false)',
        replace: '',
      },
    ],
    ['cluster'],
  ),

  ...faultsIn(
    'instances.ts',
    [
      {
        id: 'instances-for-ever',
        wrong: 'an instance that is silent is never given up',
        find: 'if (heardAt <= since) this.lose(name)',
        replace: '{}',
      },
      {
        id: 'instances-bus-accuses',
        wrong: 'who could not be heard without a bus is dead when it is back',
        find: '    for (const other of this.others.values()) other.heardAt = this.context.now\n',
        replace: '',
      },
      {
        id: 'instances-unproven',
        wrong: 'an instance counts before it has answered: a recording does',
        find: 'if (other.isAlive || !equalBytes(answer, other.nonce)) return',
        replace: 'if (other.isAlive) return',
      },
      {
        id: 'instances-any-session',
        wrong: 'a batch for an earlier start of mine is taken',
        find: 'if (equalBytes(session, other.nonce)) return true',
        replace: 'return true',
      },
      {
        id: 'instances-old-beat',
        wrong: 'a beat that is replayed keeps an instance alive',
        find: '    if (number <= other.number) return\n',
        replace: '',
      },
      {
        id: 'instances-first-owns',
        wrong: 'one instance owns all topics',
        find: 'if (own < most ||',
        replace: 'if (false ||',
      },
      {
        id: 'instances-bye-unheard',
        wrong: 'an instance that drains counts until it is silent for long',
        find: "      case 'bye':\n        return this.lose(from)",
        replace: "      case 'bye':\n        return",
      },
    ],
    ['cluster'],
  ),
]
