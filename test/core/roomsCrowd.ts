// Many peers at a Sigver without sockets: what the tests of rooms.ts say most often, in one word each.
// Used by them; time and peers are those of roomsStage.ts.
import * as limits from '../../src/core/limits.js'
import { Stage } from './roomsStage.js'

export class Crowd extends Stage {
  /** Peers 1 to count, all connected. */
  group(count: number): readonly number[] {
    const ids = Array.from({ length: count }, (_, i) => i + 1)
    for (const id of ids) this.arrive(id)
    this.link(...ids)
    this.pass(limits.sweep)
    this.heardBy(...ids)
    return ids
  }

  /** What these have heard since they were last asked, one after the other. */
  heardBy(...ids: readonly number[]): readonly string[] {
    return ids.flatMap((id) => this.heard(id))
  }
}
