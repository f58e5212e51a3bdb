// The manual's promises about joining, being in a group and leaving it.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { ofThisProcess } from '../../src/io/peerConnections.js'
import { SignalingState, WebGroupState } from '../../src/index.node.js'
import { isSettled, keepDiary, meet, onStage, soon, sorted, throwsCode, until } from './apiStage.js'

after(() => until(() => ofThisProcess.count === 0, 'the last peer connection to be released', 2_000))

test(
  'before joining a group has no id, no key and no members',
  onStage(async (stage) => {
    const group = stage.group()
    assert.deepEqual([group.id, group.myId, group.key], [0, 0, ''])
    assert.deepEqual([group.members, group.neighbors], [[], []])
    assert.equal(group.state, WebGroupState.LEFT)
    assert.equal(group.signalingState, SignalingState.CLOSED)
    assert.equal(group.link(1), undefined)
  }),
)

test(
  'join() gives an id, the key and JOINING at once',
  onStage(async (stage) => {
    const group = stage.group()
    void group.join('a key')
    assert.equal(group.state, WebGroupState.JOINING)
    assert.equal(group.key, 'a key')
    assert.deepEqual(group.members, [group.myId])
    for (const id of [group.id, group.myId])
      assert.ok(Number.isInteger(id) && id > 0 && id < 2 ** 32, `${id}`)
    assert.deepEqual(group.neighbors, [])
  }),
)

test(
  'join() without a key makes one of 42 letters and digits, a new one each time',
  onStage(async (stage) => {
    const keys = new Set<string>()
    for (let i = 0; i < 20; i++) {
      const group = stage.group()
      void group.join()
      assert.match(group.key, /^[A-Za-z0-9]{42}$/)
      keys.add(group.key)
    }
    assert.equal(keys.size, 20)
  }),
)

test(
  'the promise of join() resolves when JOINED, after the handlers were told so',
  onStage(async (stage) => {
    const group = stage.group()
    const diary = keepDiary(group)
    await soon(group.join('a key'), 'the join')
    assert.equal(group.state, WebGroupState.JOINED)
    assert.ok(diary.includes('JOINED'))
  }),
)

test(
  'the first member hears its id, JOINING, the signaling states and JOINED, each once and in this order',
  onStage(async (stage) => {
    const group = stage.group()
    const diary = keepDiary(group)
    await soon(group.join('a key'), 'the join')
    const story = ['CONNECTING', 'OPEN', 'CHECKING', 'CHECKED'].map((state) => `signaling ${state}`)
    assert.deepEqual(diary.slice(0, 6), [`myId ${group.myId}`, 'JOINING', ...story])
    assert.equal(diary[6], 'JOINED')
    await until(() => group.signalingState === SignalingState.CHECKED, 'the last check')
    const states = diary.filter((line) => !line.startsWith('signaling'))
    assert.deepEqual(states, [`myId ${group.myId}`, 'JOINING', 'JOINED'])
  }),
)

test(
  'who joins hears of each member before JOINED, once; those hear of it once',
  onStage(async (stage) => {
    const [a, b] = await stage.members(2)
    assert.ok(a && b)
    const diaries = [keepDiary(a), keepDiary(b)]
    const c = stage.group()
    const diary = keepDiary(c)
    await soon(c.join('a key'), 'the join')
    await meet([a, b, c])
    const mine = diary.filter((line) => !line.startsWith('signaling'))
    const joins = sorted([a.myId, b.myId]).map((id) => `join ${id}`)
    assert.deepEqual(mine.slice(0, 2), [`myId ${c.myId}`, 'JOINING'])
    assert.deepEqual(mine.slice(2, 4).sort(), joins.sort())
    assert.deepEqual(mine.slice(4), ['JOINED'])
    for (const told of diaries)
      assert.deepEqual(
        told.filter((line) => !line.startsWith('signaling')),
        [`join ${c.myId}`],
      )
  }),
)

test(
  'members includes me, neighbors does not, and all members agree on them',
  onStage(async (stage) => {
    const groups = await stage.members(3)
    const everyone = sorted(groups.map(({ myId }) => myId))
    for (const group of groups) {
      assert.deepEqual(sorted(group.members), everyone)
      assert.deepEqual(
        sorted(group.neighbors),
        everyone.filter((id) => id !== group.myId),
      )
    }
    assert.equal(new Set(everyone).size, 3)
  }),
)

test(
  'what members and neighbors return is a copy',
  onStage(async (stage) => {
    const [a, b] = await stage.members(2)
    assert.ok(a && b)
    a.members.push(1)
    a.neighbors.length = 0
    assert.deepEqual(sorted(a.members), sorted([a.myId, b.myId]))
    assert.deepEqual(a.neighbors, [b.myId])
  }),
)

test(
  'the same key gives the same group id everywhere, another key another one',
  onStage(async (stage) => {
    const [a, b, c] = [stage.group(), stage.group(), stage.group()]
    await soon(Promise.all([a.join('a key'), b.join('a key'), c.join('another key')]), 'the joins')
    assert.equal(a.id, b.id)
    assert.notEqual(a.id, c.id)
    const id = a.id
    a.leave()
    assert.equal(a.id, 0)
    await soon(a.join('a key'), 'the second join')
    assert.equal(a.id, id)
  }),
)

test(
  'groups of different keys at one Sigver do not meet',
  onStage(async (stage) => {
    const [a, b] = await stage.members(2, 'a key')
    const [c, d] = await stage.members(2, 'another key')
    assert.ok(a && b && c && d)
    const diaries = [c, d].map(keepDiary)
    a.send('hello')
    b.send('hello')
    c.send('fence')
    await until(() => diaries[1]?.includes(`message ${c.myId} fence`) === true, 'the fence')
    for (const diary of diaries)
      assert.ok(!diary.some((line) => line.includes('hello') || line.startsWith('join')))
    assert.deepEqual(sorted(c.members), sorted([c.myId, d.myId]))
  }),
)

test(
  'joining the same group again does nothing and gives the promise of the first join',
  onStage(async (stage) => {
    const group = stage.group()
    const diary = keepDiary(group)
    const first = group.join('a key')
    assert.equal(group.join('a key'), first)
    assert.equal(group.join(), first)
    const { myId } = group
    await soon(first, 'the join')
    assert.ok(await isSettled(group.join('a key')))
    assert.ok(await isSettled(group.join()))
    assert.equal(group.myId, myId)
    assert.equal(diary.filter((line) => line === 'JOINING').length, 1)
  }),
)

test(
  'joining another group while not LEFT throws and changes nothing',
  onStage(async (stage) => {
    const group = stage.group()
    const joining = group.join('a key')
    throwsCode(() => group.join('another key'), 'BAD_STATE')
    assert.equal(group.key, 'a key')
    await soon(joining, 'the join')
    throwsCode(() => group.join('another key'), 'BAD_STATE')
    assert.equal(group.state, WebGroupState.JOINED)
    assert.equal(group.key, 'a key')
  }),
)

test(
  'leave() makes everything as before joining, at once',
  onStage(async (stage) => {
    const [a, b] = await stage.members(2)
    assert.ok(a && b)
    a.leave()
    assert.equal(a.state, WebGroupState.LEFT)
    assert.equal(a.signalingState, SignalingState.CLOSED)
    assert.deepEqual([a.id, a.myId, a.key], [0, 0, ''])
    assert.deepEqual([a.members, a.neighbors, a.link(b.myId)], [[], [], undefined])
  }),
)

test(
  'leave() twice, or before joining, does nothing',
  onStage(async (stage) => {
    const group = stage.group()
    const diary = keepDiary(group)
    group.leave()
    assert.deepEqual(diary, [])
    await soon(group.join('a key'), 'the join')
    group.leave()
    const told = diary.length
    group.leave()
    assert.equal(diary.length, told)
    assert.deepEqual(diary.slice(-2).sort(), ['LEFT', 'signaling CLOSED'])
  }),
)

test(
  'the others hear of a leave once and at once, and the one who left of nobody',
  onStage(async (stage) => {
    const [a, b, c] = await stage.members(3)
    assert.ok(a && b && c)
    const [mine, ...theirs] = [a, b, c].map(keepDiary)
    const left = a.myId
    const begin = performance.now()
    a.leave()
    await until(() => theirs.every((diary) => diary.includes(`leave ${left}`)), 'the leave')
    assert.ok(performance.now() - begin < 1_000)
    for (const diary of theirs) assert.equal(diary.filter((line) => line.startsWith('leave')).length, 1)
    assert.deepEqual(
      mine?.filter((line) => line.startsWith('leave')),
      [],
    )
    assert.deepEqual(sorted(b.members), sorted([b.myId, c.myId]))
    assert.equal(b.state, WebGroupState.JOINED)
  }),
)

test(
  'leave() while JOINING resolves the promise of join()',
  onStage(async (stage) => {
    const group = stage.group()
    const joining = group.join('a key')
    group.leave()
    await soon(joining, 'the join')
    assert.equal(group.state, WebGroupState.LEFT)
  }),
)

test(
  'the object can join again: the same group under a new id, and another group',
  onStage(async (stage) => {
    const [a, b] = await stage.members(2)
    assert.ok(a && b)
    const diary = keepDiary(b)
    const first = a.myId
    a.leave()
    await soon(a.join('a key'), 'the second join')
    await meet([a, b])
    assert.notEqual(a.myId, first)
    assert.deepEqual(
      diary.filter((line) => /^(join|leave)/.test(line)),
      [`leave ${first}`, `join ${a.myId}`],
    )
    a.leave()
    await soon(a.join('another key'), 'the third join')
    assert.equal(a.key, 'another key')
    assert.deepEqual(a.members, [a.myId])
    // Its goodbye may be on its way yet.
    await meet([b])
  }),
)

test(
  'join, leave and join in one turn: one member in the end, and the others see one join',
  onStage(async (stage) => {
    const b = stage.group()
    await soon(b.join('a key'), 'the first join')
    const diary = keepDiary(b)
    const a = stage.group()
    const first = a.join('a key')
    a.leave()
    const second = a.join('a key')
    assert.ok(await isSettled(first))
    await soon(second, 'the join')
    assert.equal(a.state, WebGroupState.JOINED)
    await meet([a, b])
    a.send('fence')
    await until(() => diary.includes(`message ${a.myId} fence`), 'the fence')
    assert.deepEqual(
      diary.filter((line) => /^(join|leave)/.test(line)),
      [`join ${a.myId}`],
    )
  }),
)

test(
  'leave and join in one turn inside a handler: the promise of the new join waits for JOINED',
  onStage(async (stage) => {
    const group = stage.group()
    let second: Promise<void> | undefined
    group.onMyId = () => {
      if (second) return
      group.leave()
      second = group.join('another key')
    }
    const first = group.join('a key')
    assert.ok(await isSettled(first), 'the first join has ended')
    assert.ok(second)
    assert.equal(await isSettled(second), false)
    await soon(second, 'the second join')
    assert.equal(group.state, WebGroupState.JOINED)
    assert.equal(group.key, 'another key')
  }),
)

test(
  'leave() inside onMessage and send() inside onMemberJoin are safe',
  onStage(async (stage) => {
    const [a] = await stage.members(1)
    assert.ok(a)
    const told: string[] = []
    a.onMemberJoin = (id) => void a.sendTo(id, 'welcome')
    a.onMessage = (_, data) => {
      told.push(String(data))
      a.leave()
    }
    const b = stage.group()
    const diary = keepDiary(b)
    await soon(b.join('a key'), 'the join')
    await until(() => diary.some((line) => line.endsWith('welcome')), 'the welcome')
    b.send('one')
    b.send('two')
    await until(() => diary.some((line) => line.startsWith('leave')), 'the leave')
    assert.deepEqual(told, ['one'])
    assert.equal(a.state, WebGroupState.LEFT)
  }),
)

test(
  'eight members who join at once find each other',
  onStage(async (stage) => {
    const groups = Array.from({ length: 8 }, () => stage.group())
    await soon(Promise.all(groups.map((group) => group.join('a key'))), 'the joins')
    await meet(groups)
  }),
)

test(
  'link() tells how a member is reached, and nothing about me, a stranger or one who left',
  onStage(async (stage) => {
    const [a, b] = await stage.members(2)
    assert.ok(a && b)
    await until(() => a.link(b.myId)?.rtt !== undefined, 'a round trip')
    const { kind, rtt = -1, queued } = a.link(b.myId) ?? {}
    assert.equal(kind, 'datachannel')
    assert.ok(rtt >= 0 && rtt < 5_000, `${rtt}`)
    assert.equal(queued, 0)
    assert.equal(a.link(a.myId), undefined)
    assert.equal(a.link(0), undefined)
    const left = b.myId
    b.leave()
    await until(() => a.members.length === 1, 'the leave')
    assert.equal(a.link(left), undefined)
  }),
)

test(
  'when Sigver goes, members stay JOINED and talk; when it returns they find it by themselves',
  onStage(async (stage) => {
    const [a, b] = await stage.members(2)
    assert.ok(a && b)
    const diary = keepDiary(a)
    stage.sigver.stop()
    await until(() => a.signalingState !== SignalingState.CHECKED, 'the loss of Sigver')
    b.send('still here')
    await until(() => diary.includes(`message ${b.myId} still here`), 'the message')
    assert.equal(a.state, WebGroupState.JOINED)
    await stage.sigver.start()
    await until(() => diary.includes('signaling CHECKED'), 'Sigver again')
    const c = stage.group()
    await soon(c.join('a key'), 'the join of a third')
    await meet([a, b, c])
    assert.deepEqual(
      diary.filter((line) => !/^signaling|^message/.test(line)),
      ['error SIGNALING_UNREACHABLE', `join ${c.myId}`],
    )
  }),
)
