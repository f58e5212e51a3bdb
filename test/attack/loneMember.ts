// A member that is alone, and newcomers that have to meet it: whoever stands in its place keeps them apart.
import assert from 'node:assert/strict'
import { deriveSecrets } from '../../src/core/secrets.js'
import { WebGroup } from '../../src/index.node.js'

const KEY = 'the key of a member that is alone'
/** A newcomer is introduced to strangers, too, each of whom it gives 3 s. */
const DEADLINE = 20_000

export class LoneMember {
  readonly path = '/' + deriveSecrets(KEY).topic
  private readonly meetings: Promise<void>

  private constructor(
    private readonly url: string,
    private readonly member: WebGroup,
  ) {
    this.meetings = this.meet(3)
    this.meetings.catch(() => {})
  }

  static async start(url: string): Promise<LoneMember> {
    const member = memberAt(url)
    await member.join(KEY)
    return new LoneMember(url, member)
  }

  /** Fails if a newcomer did not meet it. */
  async end(): Promise<void> {
    await this.meetings.finally(() => this.member.leave())
  }

  /** One after the other. */
  private async meet(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const newcomer = memberAt(this.url)
      const met = new Promise<boolean>((resolve) => {
        newcomer.onMemberJoin = () => resolve(true)
        setTimeout(() => resolve(false), DEADLINE).unref()
      })
      await newcomer.join(KEY)
      // Whoever is JOINED has met all whom it could.
      assert.deepEqual(newcomer.members.length, 2, 'a newcomer is JOINED alone')
      assert.ok(await met)
      newcomer.leave()
      await this.isAlone()
    }
  }

  private async isAlone(): Promise<void> {
    const { member } = this
    if (member.members.length > 1)
      await new Promise<void>((resolve) => (member.onMemberLeave = () => resolve()))
  }
}

const memberAt = (url: string): WebGroup =>
  new WebGroup({ signalingServer: url, rtcConfiguration: { iceServers: [] } })
