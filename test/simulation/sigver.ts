// Sigver in a simulated world: the real rooms on a simulated port. It may lie, if a fault makes it.
import { SigverCore } from '../../src/core/sigver.js'
import { Driver } from '../../src/driver.js'
import type { Pipe } from './network.js'
import { SimulatedPort } from './simulatedPort.js'
import type { World } from './world.js'

export const SIGVER = 'ws://sigver:1'

export class SimulatedSigver {
  readonly port: SimulatedPort

  constructor(private readonly world: World) {
    this.port = new SimulatedPort('sigver', world.network, world.clock, world.coreRandom.bytes)
    const driver = new Driver(new SigverCore(world.coreRandom.bytes), this.port, () => {})
    world.network.serve(new URL(SIGVER.replace(/^ws/, 'http')).origin, {
      host: 'sigver',
      accept: (transport: Pipe, path, address) =>
        driver.submit({
          on: 'accepted',
          channel: this.port.adopt(transport),
          path,
          address: world.addressOf(address),
        }),
    })
  }

  kill(): void {
    this.world.network.close(new URL(SIGVER.replace(/^ws/, 'http')).origin)
    this.port.kill()
  }
}
