// When members dial each other, and when they give up: three of which the first two have no link of their own, unless a
// test lets them.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import * as limits from '../../src/core/limits.js'
import { type Member, MeshStage } from './meshStage.js'

const RTC = { listens: false, rtc: true }
const BOT = { listens: true, rtc: true }

/** When each negotiation that this member began came to nothing, in seconds from now on. */
function failures(stage: MeshStage, member: Member, seconds: number): readonly number[] {
  const start = stage.now
  const times: number[] = []
  let seen = member.facts.length
  while (stage.now < start + seconds * 1_000) {
    stage.settle(limits.tick)
    const isFailed = member.facts
      .slice(seen)
      .some((fact) => fact.fact === 'dialed' && fact.reason !== undefined)
    if (isFailed) times.push(Math.round((stage.now - start) / 1_000))
    seen = member.facts.length
  }
  return times
}

/** Members 1 and 2 see each other through a bot, and cannot be linked. */
function unlinkable(): { readonly stage: MeshStage; readonly one: Member; readonly two: Member } {
  const stage = new MeshStage([RTC, RTC, BOT], (dialer, other) => dialer === 3 || other === 3)
  const [one, two, bot] = [stage.member(1), stage.member(2), stage.member(3)]
  two.introduce(bot)
  stage.settle(100)
  one.introduce(bot)
  return { stage, one, two }
}

it('who cannot be linked is dialed again after pauses that double', () => {
  const { stage, one } = unlinkable()
  assert.deepEqual(failures(stage, one, 30), [0, 5, 15])
})

it('the larger id of a pair dials too, when the smaller one has had its time', () => {
  const { stage, two } = unlinkable()
  const [first = Infinity] = failures(stage, two, 40)
  assert.ok(first * 1_000 >= limits.redialOther)
  assert.ok(first * 1_000 <= limits.redialOther + 2 * limits.redial, `${first} s`)
})

it('another network ends the pauses', () => {
  const { stage, one } = unlinkable()
  assert.deepEqual(failures(stage, one, 20), [0, 5, 15])
  one.act(() => one.mesh.networkChanged())
  assert.deepEqual(failures(stage, one, 4), [0])
})

it('so many dials run at once, and no more', () => {
  const others = limits.dials + 4
  const stage = new MeshStage(
    Array.from({ length: others + 2 }, (_, i) => (i === others + 1 ? BOT : RTC)),
    () => true,
  )
  const bot = stage.member(others + 2)
  for (let id = 2; id < bot.id; id++) stage.member(id).introduce(bot)
  stage.settle(20_000)
  let most = 0
  stage.member(1).introduce(bot)
  while (stage.step(0))
    most = Math.max(most, stage.world.dialing.filter((name) => name.startsWith('to 1 ')).length)
  assert.equal(most, limits.dials)
  stage.settle(1_000)
  assert.equal(stage.member(1).mesh.view.neighbors.length, others + 1)
})

it('a negotiation of which nothing more is heard ends after its time', () => {
  const stage = new MeshStage([RTC, RTC], () => true)
  const [one, two] = [stage.member(1), stage.member(2)]
  one.act(() => one.mesh.introduce(two.name, [], [two.id]))
  while (!one.tries.rtc && !two.tries.rtc) stage.step(0)
  stage.step(0) // the description of the offer
  stage.step(0) // the offer
  stage.pass(limits.negotiation - limits.tick)
  assert.ok(one.facts.every(({ fact }) => fact !== 'dialed'))
  stage.pass(2 * limits.tick)
  const reasons = one.facts.flatMap((fact) => (fact.fact === 'dialed' ? [fact.reason] : []))
  assert.deepEqual(reasons, ['it took too long'])
})

it('who hears that the other end failed does not wait for its own', () => {
  const stage = new MeshStage([RTC, RTC], () => true)
  const [one, two] = [stage.member(1), stage.member(2)]
  one.introduce(two)
  while (stage.world.dialing.length < 2) stage.step(0)
  stage.world.cut(1, 2, 2) // the end that answers
  stage.settle(500)
  assert.deepEqual([one.view, two.view], [[2], [1]])
  assert.deepEqual([one.tries.rtc, two.tries.rtc], [1, 1])
})

it('each side is told the candidates of the other', () => {
  const stage = new MeshStage([RTC, RTC], () => true)
  const [one, two] = [stage.member(1), stage.member(2)]
  one.introduce(two)
  while (stage.world.dialing.length < 2) stage.step(0)
  for (const member of [one, two]) {
    const input = { on: 'candidates', channel: 1, candidates: [`of ${member.id}`] } as const
    member.act(() => member.mesh.handle(input))
  }
  stage.settle(100)
  assert.deepEqual([one.candidates, two.candidates], [['of 2'], ['of 1']])
})

it('a newcomer dials the others of a group at once, through Sigver', () => {
  const stage = new MeshStage([RTC, RTC, RTC, RTC], () => true)
  const [one, two, three, four] = stage.members as [Member, Member, Member, Member]
  two.introduce(one)
  stage.settle(1_000)
  three.introduce(one)
  stage.settle(1_000)
  four.act(() => four.mesh.introduce(one.name, [two.name, three.name, four.name]))
  assert.equal(four.tries.rtc, 3)
  stage.settle(1_000)
  assert.deepEqual([...four.mesh.view.neighbors].sort(), [1, 2, 3])
  assert.equal(four.tries.rtc + one.tries.rtc + two.tries.rtc + three.tries.rtc, 6)
})

it('what becomes of a dial to one of the others is no matter of Sigver', () => {
  const stage = new MeshStage([RTC, RTC, RTC, RTC], () => true)
  const [one, two, three] = stage.members as [Member, Member, Member]
  two.introduce(one)
  stage.settle(1_000)
  // That life is over: nobody answers.
  const gone = { id: 4, incarnation: '9'.repeat(16) }
  three.act(() => three.mesh.introduce(one.name, [gone, two.name]))
  stage.settle(limits.introduction + 1_000)
  const dialed = three.facts.filter((fact) => fact.fact === 'dialed')
  assert.deepEqual(
    dialed.map(({ peer, isIntroduced, reason }) => [peer.id, isIntroduced, reason === undefined]).sort(),
    [
      [1, true, true],
      [2, false, true],
      [4, false, false],
    ],
  )
})

it('who is offered a data channel and can have none says so at once', () => {
  const stage = new MeshStage([RTC, { listens: false, rtc: false }], () => true)
  const [one, two] = [stage.member(1), stage.member(2)]
  one.introduce(two)
  stage.settle(500)
  const reasons = one.facts.flatMap((fact) => (fact.fact === 'dialed' ? [fact.reason] : []))
  assert.deepEqual(reasons, ['no transport that both sides have'])
})
