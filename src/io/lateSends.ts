// What a data channel of @roamhq/wrtc has to send. That implementation crashes the process when it sends in the moment in
// which the other side closes (docs/decisions.md). Whoever closes says farewell some time before, so that we are safe as
// long as we have just heard what has arrived: each frame goes soon after that. Made by node.ts, used by dataChannel.ts.
import * as limits from '../core/limits.js'

type Frame = Uint8Array<ArrayBuffer> | string

/** On a machine where everything takes long a frame goes all the same after so many attempts. A guess: of those that had to
 *  wait for the other thread once, the next found it awake. */
const PATIENCE = 5

export class LateSends {
  private frames: Frame[] = []
  private length = 0
  private isDue = false
  /** When everything was heard that had arrived, at the earliest. */
  private heardAt = 0
  /** How often we have listened once more for the sake of the first frame. */
  private listened = 0

  /** `failed` hears of what send() throws. */
  constructor(
    private readonly channel: RTCDataChannel,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Bytes that wait. */
  get queued(): number {
    return this.length
  }

  add(frame: Frame): void {
    this.frames.push(frame)
    this.length += frame.length
    if (!this.isDue) this.listen()
  }

  clear(): void {
    this.frames = []
    this.length = 0
  }

  /** What has arrived is heard before immediates run. */
  private listen(): void {
    this.isDue = true
    this.heardAt = performance.now()
    setImmediate(() => {
      this.isDue = false
      try {
        this.flush()
      } catch (error) {
        this.clear()
        this.failed(error)
      }
    })
  }

  private flush(): void {
    while (this.frames.length > 0) {
      // Asks another thread, for which a busy machine takes its time, as for the send before. After a close that no event
      // has told yet send() would read through a null pointer.
      if (this.channel.readyState !== 'open') return this.clear()
      const isStale = performance.now() - this.heardAt > limits.fresh
      if (isStale && this.listened < PATIENCE) {
        this.listened += 1
        return this.listen()
      }
      this.listened = 0
      const frame = this.frames.shift()
      this.length -= frame?.length ?? 0
      // One by one, as the types of send() are overloads.
      if (typeof frame === 'string') this.channel.send(frame)
      else if (frame) this.channel.send(frame)
    }
  }
}
