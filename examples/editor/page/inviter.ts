// Sees to it that a bot is in the group while it is switched on. Owned by openDocument.ts.
// Pages that invite at the same time get one bot: Netflux gives all of them the same member.
import { filter, merge, type Subscription, timer } from 'rxjs'
import { SignalingState, type WebGroup, WebGroupState } from '#netflux'

/** After joining, members that are there already say who they are. In milliseconds. */
const PATIENCE = 500
const FIRST_RETRY = 1_000
const LAST_RETRY = 30_000

export class Inviter {
  readonly #group: WebGroup
  readonly #url: string
  readonly #hasBot: () => boolean
  readonly #subscription: Subscription
  #isOn: boolean
  #isInviting = false
  #wait = FIRST_RETRY
  #next: Subscription | undefined

  constructor(group: WebGroup, url: string, isOn: boolean, hasBot: () => boolean) {
    this.#group = group
    this.#url = url
    this.#isOn = isOn
    this.#hasBot = hasBot
    const isJoined$ = group.state$.pipe(filter((state) => state === WebGroupState.JOINED))
    const isChecked$ = group.signalingState$.pipe(filter((state) => state === SignalingState.CHECKED))
    this.#subscription = merge(isJoined$, isChecked$, group.memberLeave$).subscribe(() => this.#start())
  }

  switch(isOn: boolean): void {
    this.#isOn = isOn
    this.#start()
  }

  close(): void {
    this.#subscription.unsubscribe()
    this.#next?.unsubscribe()
  }

  /** Something changed: what failed before may succeed now. */
  #start(): void {
    if (this.#group.signalingState === SignalingState.CHECKED) this.#wait = FIRST_RETRY
    this.#schedule(PATIENCE)
  }

  #schedule(delay: number): void {
    this.#next?.unsubscribe()
    this.#next = timer(delay).subscribe(() => void this.#invite())
  }

  async #invite(): Promise<void> {
    if (!this.#isOn || this.#isInviting || this.#group.state !== WebGroupState.JOINED || this.#hasBot())
      return
    this.#isInviting = true
    try {
      await this.#group.invite(this.#url)
    } catch {
      // The state line tells whether the server is away; the group's onError tells the rest.
      this.#schedule(this.#wait)
      this.#wait = Math.min(2 * this.#wait, LAST_RETRY)
    } finally {
      this.#isInviting = false
    }
  }
}
