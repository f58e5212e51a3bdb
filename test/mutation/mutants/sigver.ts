// Faults of the two that listen: Sigver with its rooms and hints, and the lobby of a bot.
import { faultsIn } from '../mutant.js'

export const sigverFaults = [
  ...faultsIn('rooms.ts', [
    {
      id: 'rooms-id-clash',
      wrong: 'a second peer with an id is let in',
      find: "if (holder && holder.incarnation !== peer.incarnation) return this.dismiss(channel, 'idTaken')",
      replace: '',
    },
    {
      id: 'rooms-old-socket',
      wrong: 'an older socket of a peer may still claim',
      find: 'if (guest.channel !== channel) return\n',
      replace: '',
    },
    {
      id: 'rooms-left-too-soon',
      wrong: 'a peer is gone when one of its two sockets is',
      find: 'if (guest.channel !== undefined) return',
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
      find: 'readdress(bytes, sender)',
      replace: 'readdress(bytes, peer)',
    },
    {
      id: 'rooms-hints-of-the-present',
      wrong: 'the room is told that someone is gone who is back',
      find: 'left.filter((peer) => !room.components.find(peer))',
      replace: 'left',
    },
    {
      id: 'rooms-favor-kept',
      wrong: 'a peer cannot change whether it is favored',
      find: '    guest.isFavored = favored\n',
      replace: '',
    },
    {
      id: 'rooms-unbounded',
      wrong: 'there may be any number of rooms',
      find: "if (!room && this.rooms.size >= this.options.maxRooms) return this.dismiss(channel, 'full')",
      replace: '',
    },
    {
      id: 'rooms-crowded',
      wrong: 'a room may have any number of peers',
      find: "      return this.dismiss(channel, 'roomFull')\n",
      replace: '      {}\n',
    },
    {
      id: 'rooms-second-socket-full',
      wrong: 'a peer cannot reconnect to a full room',
      find: 'if (!holder && (room',
      replace: 'if ((room',
    },
  ]),

  ...faultsIn(
    'door.ts',
    [
      {
        id: 'door-any-version',
        wrong: 'any protocol version is accepted',
        find: "if (announcement.version !== limits.PROTOCOL_VERSION) return this.dismiss(channel, 'badVersion')",
        replace: '',
      },
      {
        id: 'door-unlimited-frames',
        wrong: 'a socket may send any number of frames',
        find: "if (!this.spend(socket)) return this.dismiss(channel, 'tooManyFrames')",
        replace: 'socket.heardAt = now',
      },
      {
        id: 'door-no-first-frame',
        wrong: 'a socket may wait with its first frame',
        find: ': limits.firstFrame',
        replace: ': Infinity',
      },
      {
        id: 'door-silence',
        wrong: 'a silent socket is never dropped',
        find: "now - heardAt >= limits.socketSilence ? 'silent' : undefined",
        replace: 'undefined',
      },
      {
        id: 'door-drained-accepts',
        wrong: 'a Sigver that closes accepts more',
        find: "if (this.isShut) return this.close(channel, 'closing')",
        replace: '',
      },
      {
        id: 'door-returned-unnoticed',
        wrong: 'who was away is not introduced to those it could not reach',
        find: 'if (wasAway &&',
        replace: 'if (false &&',
      },
      {
        id: 'door-announced-twice',
        wrong: 'a socket may announce two peers',
        find: "if (!isArriving(stage)) return this.dismiss(channel, 'notAnnounced')",
        replace: '',
      },
      {
        id: 'door-any-topic',
        wrong: 'a path of any form is a topic',
        find: "if (!isTopic(path)) return this.close(channel, 'badTopic')",
        replace: '',
      },
      {
        id: 'door-address-full',
        wrong: 'sockets count for their address when they are closed',
        find: 'this.addresses.leave(socket.address)',
        replace: '',
      },
      {
        id: 'door-address-unlimited',
        wrong: 'the sockets of one address may together say any number of frames',
        find: ' && this.addresses.spend(socket.address, Math.floor(price), this.context.now)',
        replace: '',
      },
      {
        id: 'door-refused-enters',
        wrong: 'who is refused is let in',
        find: "if (refusal !== undefined) return this.dismiss(channel, 'refused', refusal)",
        replace: '',
      },
      {
        id: 'door-unasked',
        wrong: 'nobody is asked about a token',
        find: 'if (!this.options.authenticates) return this.admit',
        replace: 'if (true) return this.admit',
      },
      {
        id: 'door-waits-unheard',
        wrong: 'what came before the decision is lost',
        find: 'for (const bytes of waiting) if (this.sockets.has(channel)) this.hear(socket, bytes)',
        replace: '',
      },
      {
        id: 'door-waits-unbounded',
        wrong: 'any number of frames may wait for the decision',
        find: 'stage.waiting.length < limits.waitingFrames',
        replace: 'true',
      },
      {
        id: 'door-undecided',
        wrong: 'a decision may take for ever',
        find: 'isAsking(stage) ? limits.authentication',
        replace: 'isAsking(stage) ? Infinity',
      },
      {
        id: 'door-turn-expires',
        wrong: 'credentials are given once',
        find: 'this.context.now + turn.lasts / 2',
        replace: 'Infinity',
      },
      {
        id: 'door-all-return-at-once',
        wrong: 'all that are sent away come back at once',
        find: 'Math.floor((limits.returning * (low + 256 * high)) / 65_536)',
        replace: '0',
      },
    ],
    ['rooms'],
  ),

  ...faultsIn(
    'sigver.ts',
    [
      {
        id: 'sigver-sweep-once',
        wrong: 'Sigver looks around once, then never',
        find: '    this.rooms.sweep()\n    this.setSweep(true)\n',
        replace: '    this.rooms.sweep()\n',
      },
      {
        id: 'sigver-late-sweep-drops',
        wrong: 'a Sigver that was held up drops those whose frames it has not read',
        find: 'if (!isLate) this.door.sweep()',
        replace: 'this.door.sweep()',
      },
      {
        id: 'sigver-sweeps-for-ever',
        wrong: 'a Sigver without sockets keeps its timer',
        find: 'const isNeeded = this.door.size > 0',
        replace: 'const isNeeded = true',
      },
      {
        id: 'sigver-leaves-unheard',
        wrong: 'a room does not hear whose socket closed',
        find: "      case 'left':\n        return ",
        replace: "      case 'left':\n        return\n        return ",
      },
      {
        id: 'sigver-drain-timers',
        wrong: 'the timer of the hints survives the drain',
        find: '    this.rooms.clear()\n',
        replace: '',
      },
    ],
    ['rooms', 'door'],
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

  ...faultsIn(
    'addresses.ts',
    [
      {
        id: 'addresses-any-number',
        wrong: 'an address may hold any number of sockets',
        find: 'if (address.sockets >= this.options.socketsPerAddress) return undefined',
        replace: '',
      },
      {
        id: 'addresses-forgotten-at-once',
        wrong: 'who comes back may say as much as before',
        find: '    this.deserted.add(address)\n',
        replace: '    this.forget(address)\n',
      },
      {
        id: 'addresses-never-forgotten',
        wrong: 'addresses are remembered for ever',
        find: 'if (address.budget >= MOST) this.forget(address)',
        replace: '',
      },
      {
        id: 'addresses-without-bound',
        wrong: 'any number of addresses is remembered',
        find: 'this.deserted.size > limits.addresses',
        replace: 'false',
      },
      {
        id: 'addresses-deserted-for-ever',
        wrong: 'an address with sockets may be forgotten',
        find: '    this.deserted.delete(address)\n    return address',
        replace: '    return address',
      },
      {
        id: 'addresses-nothing-earned',
        wrong: 'an address has its burst, and no more',
        find: '((now - address.earnedAt) * perSecond) / 1000',
        replace: '0',
      },
      {
        id: 'addresses-refused-pay',
        wrong: 'a crowd has nothing as long as one of it floods',
        find: 'if (address.budget < price) return false\n    address.budget -= price\n    return true',
        replace: 'address.budget -= price\n    return address.budget >= 0',
      },
      {
        id: 'addresses-of-a-network',
        wrong: 'every address of an IPv6 network has limits of its own',
        find: "if (!address.includes(':')) return address",
        replace: 'return address',
      },
      {
        id: 'addresses-of-another-network',
        wrong: 'networks whose addresses are written in short are taken for others',
        find: 'const zeros = tail === undefined ? 0 : 8',
        replace: 'const zeros = tail === undefined ? 0 : 7',
      },
    ],
    ['roomsDoor', 'door', 'lobby'],
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
