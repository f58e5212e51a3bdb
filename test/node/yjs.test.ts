// What netflux/yjs promises: documents of the members of a group become and stay the same.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as Y from 'yjs'
import type { WebGroupOptions } from '../../src/index.node.js'
import { keepDiary, meet, onStage, throwsCode, until } from './apiStage.js'
import { inTouch, KEY, Writer } from './writer.js'

test(
  'what was written before joining is in both documents after',
  onStage(async (stage) => {
    const [a, b] = [new Writer(stage), new Writer(stage, KEY, { connect: false })]
    a.write('first. ')
    b.write('second. ')
    b.provider.connect()
    await until(() => a.text.length === 15 && a.text === b.text, 'both texts in both documents')
  }),
)

test(
  'what one writes the other reads, and what another group writes it does not',
  onStage(async (stage) => {
    const [a, b, stranger] = [new Writer(stage), new Writer(stage), new Writer(stage, 'another document')]
    await inTouch(a, b)
    stranger.write('not for you')
    a.write('one, ')
    await b.reads('one, ')
    b.write('two')
    await a.reads('one, two')
    assert.equal(stranger.text, 'not for you')
  }),
)

test(
  'who is alone is synced at once, who comes when the others have sent what it lacks',
  onStage(async (stage) => {
    const a = new Writer(stage)
    a.write('much')
    await until(() => a.provider.synced, 'the first to be synced')
    const b = new Writer(stage)
    assert.equal(b.provider.synced, false)
    await until(() => b.provider.synced, 'the second to be synced')
    assert.equal(b.text, 'much')
    assert.deepEqual(a.events, ['connected', 'synced'])
    b.provider.destroy()
    await until(() => a.provider.webGroup.members.length === 1, 'the second to leave')
    assert.equal(a.provider.synced, true)
  }),
)

test(
  'status and synced follow connect() and disconnect()',
  onStage(async (stage) => {
    const a = new Writer(stage, KEY, { connect: false })
    assert.deepEqual([a.provider.status, a.provider.synced], ['disconnected', false])
    a.provider.connect()
    assert.equal(a.provider.status, 'connecting')
    await until(() => a.provider.synced, 'being synced')
    a.provider.disconnect()
    a.provider.disconnect()
    a.provider.connect()
    await until(() => a.provider.synced, 'being synced again')
    const life = ['connecting', 'connected', 'synced']
    assert.deepEqual(a.events, [...life, 'disconnected', 'not synced', ...life])
    assert.equal(a.provider.webGroup.key, KEY)
  }),
)

test(
  'what was written while disconnected is sent after connecting again',
  onStage(async (stage) => {
    const [a, b] = [new Writer(stage), new Writer(stage)]
    await inTouch(a, b)
    b.provider.disconnect()
    a.write('here. ')
    b.write('there. ')
    b.provider.connect()
    await until(() => a.text.length === 13 && a.text === b.text, 'both texts in both documents')
  }),
)

test(
  'peers tells who comes and goes',
  onStage(async (stage) => {
    const a = new Writer(stage)
    const told: string[] = []
    a.provider.on('peers', ({ added, removed, peers }) => told.push(`+${added} -${removed} =${peers}`))
    const b = new Writer(stage)
    await inTouch(a, b)
    const id = b.provider.webGroup.myId
    b.provider.destroy()
    await until(() => told.length === 2, 'the second to leave')
    assert.deepEqual(told, [`+${id} - =${id}`, `+ -${id} =`])
  }),
)

test(
  'destroying the document leaves the group',
  onStage(async (stage) => {
    const [a, b] = [new Writer(stage), new Writer(stage)]
    await inTouch(a, b)
    b.doc.destroy()
    await until(() => a.provider.webGroup.members.length === 1, 'the second to leave')
    assert.equal(b.provider.status, 'disconnected')
  }),
)

test(
  'a group that is given is neither joined nor left',
  onStage(async (stage) => {
    const group = stage.group()
    const a = new Writer(stage, group)
    assert.equal(group.key, '')
    void group.join(KEY)
    await until(() => a.provider.synced, 'being synced')
    a.provider.destroy()
    assert.equal(group.key, KEY)
  }),
)

test(
  'who starts to listen late hears everything, and is heard',
  onStage(async (stage) => {
    const group = stage.group()
    const a = new Writer(stage).named('Ada')
    a.write('text')
    void group.join(KEY)
    await meet([group, a.provider.webGroup])
    const b = new Writer(stage, group).named('Bob')
    assert.deepEqual([b.provider.status, b.provider.synced], ['connected', false])
    await until(() => b.provider.synced, 'the late one to be synced')
    assert.equal(b.text, 'text')
    await Promise.all([b.reads('text'), a.sees('Ada', 'Bob'), b.sees('Ada', 'Bob')])
    b.provider.disconnect()
    await a.sees('Ada')
    b.write('!')
    b.provider.connect()
    await Promise.all([a.reads('text!'), a.sees('Ada', 'Bob'), b.sees('Ada', 'Bob')])
  }),
)

test(
  'an update that a member could tell only some of us before it was gone reaches the others',
  onStage(async (stage) => {
    const writers = [new Writer(stage), new Writer(stage), new Writer(stage)]
    await inTouch(...writers)
    const crashing = stage.group()
    void crashing.join(KEY)
    await meet([crashing, ...writers.map(({ provider }) => provider.webGroup)])
    const doc = new Y.Doc()
    doc.getText().insert(0, 'last words')
    // Not to the one with the smallest id, which asks everyone.
    const ids = writers.map(({ provider }) => provider.webGroup.myId).sort((a, b) => a - b)
    const told = writers.find(({ provider }) => provider.webGroup.myId === ids[1])
    void crashing.sendTo(ids[1] ?? 0, Uint8Array.of(2, ...Y.encodeStateAsUpdate(doc)))
    await told?.reads('last words')
    crashing.leave()
    await Promise.all(writers.map((writer) => writer.reads('last words')))
  }),
)

test(
  'messages that make no sense are ignored, and strings are left to others',
  onStage(async (stage) => {
    const [a, group] = [new Writer(stage).named('Ada'), stage.group()]
    a.write('text')
    void group.join(KEY)
    await meet([a.provider.webGroup, group])
    const heard = keepDiary(a.provider.webGroup)
    const states = JSON.stringify([...a.provider.awareness.getStates()])
    for (const bytes of nonsense()) void group.send(bytes)
    void group.send('a string')
    await until(() => heard.some((line) => line.endsWith('a string')), 'the string')
    assert.equal(a.text, 'text')
    assert.equal(JSON.stringify([...a.provider.awareness.getStates()]), states)
    const b = new Writer(stage, group)
    await b.reads('text')
  }),
)

/** Every type with no payload, with random bytes, and with awareness that is no object. */
function nonsense(): Uint8Array[] {
  const random = (length: number) => Uint8Array.from({ length }, () => Math.random() * 256)
  const types = [0, 1, 2, 3, 5, 77, 255]
  const bytes = types.flatMap((type) => [1, 2, 5, 30].map((length) => Uint8Array.of(type, ...random(length))))
  // One client, 9, of clock 1, with the states `7`, `[]` and `{`.
  const states = ['7', '[]', '{'].map((state) => [3, 1, 9, 1, state.length, ...Buffer.from(state)])
  return [
    new Uint8Array(),
    ...types.map((type) => Uint8Array.of(type)),
    ...bytes,
    ...states.map((s) => Uint8Array.from(s)),
  ]
}

test(
  'a document of several megabytes arrives',
  onStage(async (stage) => {
    const a = new Writer(stage)
    a.write('0123456789'.repeat(500_000))
    const b = new Writer(stage)
    await until(() => b.text.length === 5_000_000, 'the large text')
    assert.equal(b.text, a.text)
  }),
)

test(
  'updates that found no room in the backlog arrive later',
  onStage(async (stage) => {
    const options: WebGroupOptions = { maxBacklog: 250_000 }
    const [a, b] = [new Writer(stage, KEY, options), new Writer(stage, KEY, options)]
    await inTouch(a, b)
    for (let i = 0; i < 5; i++) a.write(String(i).repeat(60_000))
    await until(() => b.text.length === 300_000, 'all of the text')
    assert.equal(b.text, a.text)
  }),
)

test(
  'an update that is too large to be sent is told as an error',
  onStage(async (stage) => {
    const options: WebGroupOptions = { maxMessageSize: 1_000 }
    const [a, b] = [new Writer(stage, KEY, options), new Writer(stage, KEY, options)]
    await inTouch(a, b)
    const errors: string[] = []
    a.provider.on('error', ({ code }) => errors.push(code))
    a.write('x'.repeat(2_000))
    assert.deepEqual(errors, ['MESSAGE_TOO_LARGE'])
  }),
)

test(
  'a bad key or option is thrown at the call',
  onStage(async (stage) => {
    throwsCode(() => new Writer(stage, ''), 'BAD_KEY')
    throwsCode(() => new Writer(stage, 'x'.repeat(513)), 'BAD_KEY')
    throwsCode(() => new Writer(stage, KEY, { signalingServer: 'http://localhost' }), 'BAD_URL')
  }),
)
