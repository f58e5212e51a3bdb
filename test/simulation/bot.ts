// A bot in a simulated world: a lobby that hands its sockets to the groups that it makes.
import { Lobby } from '../../src/core/lobby.js'
import { peerCloseCodes } from '../../src/core/peerCloseCodes.js'
import { deriveSecrets } from '../../src/core/secrets.js'
import { WebGroupState } from '../../src/core/states.js'
import { Driver } from '../../src/driver.js'
import type { Member } from './member.js'
import type { Host, Pipe } from './network.js'
import { SimulatedPort } from './simulatedPort.js'
import type { World } from './world.js'

export class SimulatedBot {
  readonly groups = new Map<string, Member>()
  private readonly port: SimulatedPort
  private readonly lobby: Driver

  constructor(
    private readonly world: World,
    readonly name: Host,
    readonly url: string,
  ) {
    this.port = new SimulatedPort(name, world.network, world.clock, world.coreRandom.bytes)
    this.lobby = new Driver(
      new Lobby(this.port.random),
      this.port,
      () => {},
      (arrival) => {
        const socket = this.port.release(arrival.channel)
        const { topic, key, nonce, hello } = arrival
        const group = this.groups.get(topic) ?? (key === undefined ? undefined : this.create(key))
        if (group && socket)
          group.driver.submit({ on: 'adopted', channel: group.port.adopt(socket), nonce, hello })
        else socket?.close(peerCloseCodes.refused)
      },
    )
    world.network.serve(new URL(url.replace(/^ws/, 'http')).origin, {
      host: name,
      accept: (transport: Pipe, path, address) =>
        this.lobby.submit({ on: 'accepted', channel: this.port.adopt(transport), path, address }),
    })
  }

  private create(key: string): Member {
    const { topic } = deriveSecrets(key)
    const group: Member = this.world.addMember(this.name, this.url, (event) => {
      if (event.type === 'alone') group.leave()
      if (event.type === 'state' && event.state === WebGroupState.LEFT) this.groups.delete(topic)
    })
    this.groups.set(topic, group)
    group.join(key)
    return group
  }
}
