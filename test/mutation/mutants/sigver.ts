// Faults of the two that listen: Sigver with its rooms, components, introductions and hints; and the lobby of a bot.
import { faultsIn } from '../mutant.js'

export const sigverFaults = [
  ...faultsIn('rooms.ts', [
    {
      id: 'rooms-id-clash',
      wrong: 'a second peer with an id is let in',
      find: "if (holder && holder.peer.incarnation !== peer.incarnation) return this.dismiss(socket, 'idTaken', now)",
      replace: '',
    },
    {
      id: 'rooms-any-version',
      wrong: 'any protocol version is accepted',
      find: "if (version !== PROTOCOL_VERSION) return this.dismiss(socket, 'badVersion', now)",
      replace: '',
    },
    {
      id: 'rooms-unlimited-frames',
      wrong: 'a socket may send any number of frames',
      find: "if (!spend(socket, now)) return this.dismiss(socket, 'tooManyFrames', now)",
      replace: 'spend(socket, now)',
    },
    {
      id: 'rooms-no-first-frame',
      wrong: 'a socket may wait with its first frame',
      find: '!socket.seat && now - socket.since >= limits.firstFrame',
      replace: 'false',
    },
    {
      id: 'rooms-silence',
      wrong: 'a silent socket is never dropped',
      find: 'now - socket.heardAt >= limits.socketSilence',
      replace: 'false',
    },
    {
      id: 'rooms-old-socket',
      wrong: 'an older socket of a peer may still claim',
      find: 'if (newest(occupant) === channel) this.claim(',
      replace: 'this.claim(',
    },
    {
      id: 'rooms-left-too-soon',
      wrong: 'a peer is gone when one of its two sockets is',
      find: 'if (occupant.channels.length > 0) return',
      replace: '',
    },
    {
      id: 'rooms-never-shut',
      wrong: 'empty rooms stay',
      find: 'if (room.components.size === 0) return this.shut(room)',
      replace: '',
    },
    {
      id: 'rooms-wrong-sender',
      wrong: 'a relayed payload names its recipient as sender',
      find: "{ type: 'relay', peer: sender.peer, payload }",
      replace: "{ type: 'relay', peer, payload }",
    },
    {
      id: 'rooms-hints-of-the-present',
      wrong: 'the room is told that someone is gone who is back',
      find: 'left.filter((peer) => !room.components.find(peer))',
      replace: 'left',
    },
    {
      id: 'rooms-drained-accepts',
      wrong: 'a Sigver that closes accepts more',
      find: "if (this.isDraining) return this.close(channel, 'closing')",
      replace: '',
    },
    {
      id: 'rooms-sweep-once',
      wrong: 'Sigver looks around once, then never',
      find: 'if (this.sockets.size > 0) this.setSweep(now)',
      replace: '',
    },
  ]),

  ...faultsIn(
    'introductions.ts',
    [
      {
        id: 'introductions-two-founders',
        wrong: 'of two founders both are told that they are alone',
        find: "isAlone(component) && [...ties.values()].includes('pending')",
        replace: 'false',
      },
      {
        id: 'introductions-failed-again',
        wrong: 'a pair that failed is tried again at once',
        find: '(asker.failed.get(candidate) ?? 0) > now',
        replace: 'false',
      },
      {
        id: 'introductions-bots-like-others',
        wrong: 'favored peers are not introduced first',
        find: '(candidate.isFavored ? limits.members : 0)',
        replace: '0',
      },
      {
        id: 'introductions-endless',
        wrong: 'an introduction that nobody follows never ends',
        find: 'else if (now >= deadline(introduction)) this.fail(introduction, now)',
        replace: '',
      },
      {
        id: 'introductions-never-heal',
        wrong: 'the parts of a room are never introduced',
        find: '    this.heal(now)\n',
        replace: '',
      },
      {
        id: 'introductions-question-open',
        wrong: 'strangers hold up a newcomer without end',
        find: 'if (now - (asker.askedAt ?? now) >= limits.question) return this.connected(asker)',
        replace: '',
      },
      {
        id: 'introductions-target-gives-up',
        wrong: 'the one introduced can end an introduction',
        find: 'if (introduction?.initiator !== initiator) return',
        replace: 'if (!introduction) return',
      },
      {
        id: 'introductions-favor-without-memory',
        wrong: 'whom a peer has tried longest ago does not come first',
        find: 'return failedA === failedB ? load(a) < load(b) : failedA < failedB',
        replace: 'return load(a) < load(b)',
      },
      {
        id: 'introductions-two-at-once',
        wrong: 'a peer works on several introductions at once',
        find: '    if (attemptOf(asker)) return\n',
        replace: '',
      },
    ],
    ['rooms'],
  ),

  ...faultsIn(
    'components.ts',
    [
      {
        id: 'components-one-claim',
        wrong: 'two are connected when one claims it',
        find: 'a.claims.has(b) && b.claims.has(a)',
        replace: 'a.claims.has(b) || b.claims.has(a)',
      },
      {
        id: 'components-never-apart',
        wrong: 'who takes a claim back stays connected',
        find: '    if (areConnected(claimer, claimed)) this.found = undefined\n    claimer.claims.delete',
        replace: '    claimer.claims.delete',
      },
      {
        id: 'components-never-disconnected',
        wrong: 'claims are never taken back',
        find: 'if (claimed.get(other.peer.id) !== other.peer.incarnation) this.disconnect(occupant, other)',
        replace: '',
      },
      {
        id: 'components-other-life',
        wrong: 'a claim of an earlier life counts for the next',
        find: 'return occupant?.peer.incarnation === incarnation ? occupant : undefined',
        replace: 'return occupant',
      },
      {
        id: 'components-gone-remembered',
        wrong: 'who is gone is still claimed',
        find: '    for (const other of occupant.claimedBy) other.claims.delete(occupant)\n',
        replace: '',
      },
    ],
    ['rooms'],
  ),

  ...faultsIn(
    'hints.ts',
    [
      {
        id: 'hints-exodus',
        wrong: 'members are told of each when most of a room leaves together',
        find: 'isExodus(wave)) return []',
        replace: 'false) return []',
      },
      {
        id: 'hints-second-lost',
        wrong: 'only the first of a wave is hinted at',
        find: '    this.wave.untold.',
        replace: '    if (false) this.wave.untold.',
      },
      {
        id: 'hints-never-again',
        wrong: 'a wave never ends',
        find: '    this.wave = undefined\n',
        replace: '',
      },
    ],
    ['rooms'],
  ),

  ...faultsIn('lobby.ts', [
    {
      id: 'lobby-unbounded',
      wrong: 'any number of strangers may wait',
      find: 'this.strangers.size >= limits.strangers ||',
      replace: '',
    },
    {
      id: 'lobby-one-address',
      wrong: 'one address may send any number of strangers',
      find: ' || fromThere >= limits.strangersPerAddress',
      replace: '',
    },
    {
      id: 'lobby-unproven-key',
      wrong: 'an invitation need not be proven',
      find: "hello.key !== '' && !isInvitation(hello, stranger.nonce)",
      replace: 'false',
    },
    {
      id: 'lobby-timer-left',
      wrong: 'the timer of who was handed over stays',
      find: "this.outputs.push({ do: 'timer', timer: `handshake/${channel}`, at: undefined })",
      replace: '',
    },
    {
      id: 'lobby-address-full',
      wrong: 'strangers count for their address when they are gone',
      find: '(this.perAddress.get(stranger.address) ?? 1) - 1',
      replace: '(this.perAddress.get(stranger.address) ?? 1)',
    },
    {
      id: 'lobby-late',
      wrong: 'who says nothing may stay',
      find: "this.refuse(Number(input.timer.split('/')[1]), peerCloseCodes.tooSlow, 'no hello in time')",
      replace: '',
    },
  ]),
]
