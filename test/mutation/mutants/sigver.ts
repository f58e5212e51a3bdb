// Faults of the two that listen: Sigver with its rooms and hints, and the lobby of a bot.
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
    {
      id: 'rooms-returned-unnoticed',
      wrong: 'who was away is not introduced to those it could not reach',
      find: 'if (wasAway && socket.seat) socket.seat.room.introductions.returned(socket.seat.occupant)',
      replace: '',
    },
    {
      id: 'rooms-late-sweep-drops',
      wrong: 'a Sigver that was held up drops those whose frames it has not read',
      find: 'if (now - this.sweptAt < limits.sweep + limits.lateTick) this',
      replace: 'this',
    },
    {
      id: 'rooms-announced-twice',
      wrong: 'a socket may announce two peers',
      find: "if (socket.seat) return this.dismiss(socket, 'notAnnounced', now)",
      replace: '',
    },
    {
      id: 'rooms-any-topic',
      wrong: 'a path of any form is a topic',
      find: "if (!isTopic(path)) return this.close(channel, 'badTopic')",
      replace: '',
    },
    {
      id: 'rooms-drain-timers',
      wrong: 'timers survive the drain',
      find: "for (const timer of ['sweep', 'hints'] as const) this.outputs",
      replace: "for (const timer of ['hints'] as const) this.outputs",
    },
    {
      id: 'rooms-favor-kept',
      wrong: 'a peer cannot change whether it is favored',
      find: '    occupant.isFavored = favored\n',
      replace: '',
    },
  ]),

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
