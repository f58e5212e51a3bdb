// What netflux/yjs promises of names and cursors: everyone knows those of all who are there, and of nobody else.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { meet, onStage } from './apiStage.js'
import { KEY, Writer } from './writer.js'

test(
  'names reach everyone, with the member that has them, and are gone when it leaves',
  onStage(async (stage) => {
    const a = new Writer(stage).named('Ada')
    const b = new Writer(stage).named('Bob')
    await Promise.all([a.sees('Ada', 'Bob'), b.sees('Ada', 'Bob')])
    assert.equal(a.provider.memberOf(b.doc.clientID), b.provider.webGroup.myId)
    assert.equal(a.provider.memberOf(a.doc.clientID), undefined)
    b.named('Bea')
    await a.sees('Ada', 'Bea')
    b.provider.disconnect()
    await a.sees('Ada')
    assert.deepEqual(b.names, ['Bea'])
    b.provider.connect()
    await Promise.all([a.sees('Ada', 'Bea'), b.sees('Ada', 'Bea')])
    b.provider.destroy()
    await a.sees('Ada')
  }),
)

test(
  'names of a member that had no time to say so are gone, too',
  onStage(async (stage) => {
    const [a, crashing] = [new Writer(stage).named('Ada'), stage.group()]
    void crashing.join(KEY)
    await meet([a.provider.webGroup, crashing])
    // Client 9 in its first state.
    const state = Buffer.from('{"name":"Cyd"}')
    void crashing.send(Uint8Array.of(3, 1, 9, 1, state.length, ...state))
    await a.sees('Ada', 'Cyd')
    assert.equal(a.provider.memberOf(9), crashing.myId)
    crashing.leave()
    await a.sees('Ada')
    assert.equal(a.provider.memberOf(9), undefined)
  }),
)

test(
  'an awareness that was given survives the provider without its own state; one that was not is destroyed',
  onStage(async (stage) => {
    const awareness = new Awareness(new Y.Doc())
    stage.atEnd(() => awareness.destroy())
    const a = new Writer(stage, KEY, { awareness }).named('Ada')
    a.provider.destroy()
    assert.equal(awareness.getLocalState(), null)
    let destroyed = 0
    awareness.on('destroy', () => (destroyed += 1))
    const b = new Writer(stage)
    b.provider.awareness.on('destroy', () => (destroyed += 10))
    b.provider.destroy()
    b.provider.destroy()
    assert.equal(destroyed, 10)
  }),
)
