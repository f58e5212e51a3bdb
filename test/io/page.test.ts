// What a page tells the core, with stand-ins for the globals of pages, workers and servers.
import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import type { Input } from '../../src/core/contract.js'
import { BrowserPort } from '../../src/io/browser.js'
import { NodePort } from '../../src/io/node.js'
import { Page } from '../../src/io/page.js'
import type { Port } from '../../src/io/port.js'

const originals = new Map<string, PropertyDescriptor | undefined>()

function setGlobal(name: string, value: unknown): void {
  if (!originals.has(name)) originals.set(name, Object.getOwnPropertyDescriptor(globalThis, name))
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
}

let page: EventTarget
let document: EventTarget & { visibilityState: string }
let told: Input[]

beforeEach(() => {
  page = new EventTarget()
  document = Object.assign(new EventTarget(), { visibilityState: 'visible' })
  told = []
  setGlobal('addEventListener', page.addEventListener.bind(page))
  setGlobal('removeEventListener', page.removeEventListener.bind(page))
  setGlobal('document', document)
  setGlobal('navigator', { onLine: true })
})

afterEach(() => {
  for (const [name, original] of originals) {
    if (original) Object.defineProperty(globalThis, name, original)
    else Reflect.deleteProperty(globalThis, name)
  }
  originals.clear()
})

const fire = (name: string) => page.dispatchEvent(new Event(name))
const take = () => told.splice(0)
const state = (online: boolean, visible: boolean) => ({ on: 'environment', online, visible })

test('the state of the page is told when watching begins, and when it changes', () => {
  const watched = new Page((input) => told.push(input))
  watched.watch(true)
  assert.deepEqual(take(), [state(true, true)])
  setGlobal('navigator', { onLine: false })
  fire('offline')
  assert.deepEqual(take(), [state(false, true)])
  document.visibilityState = 'hidden'
  document.dispatchEvent(new Event('visibilitychange'))
  assert.deepEqual(take(), [state(false, false)])
  setGlobal('navigator', { onLine: true })
  fire('online')
  assert.deepEqual(take(), [state(true, false)])
})

test('a page that goes away and comes back tells both; the first show of a page is not told', () => {
  const watched = new Page((input) => told.push(input))
  watched.watch(true)
  fire('pageshow')
  assert.deepEqual(take(), [state(true, true)])
  fire('pagehide')
  assert.deepEqual([watched.isLeaving, take()], [true, [{ on: 'pagehide' }]])
  fire('pageshow')
  assert.deepEqual([watched.isLeaving, take()], [false, [{ on: 'pageshow' }, state(true, true)]])
})

test('what closes in a page that goes away does so when all last words are said, and before the event ends', () => {
  const closed: string[] = []
  const watched: Page = new Page((input) => {
    if (input.on !== 'pagehide') return
    for (const name of ['first', 'second']) watched.closeLeaving(() => closed.push(name))
    assert.deepEqual(closed, [])
  })
  watched.watch(true)
  fire('pagehide')
  assert.deepEqual(closed, ['first', 'second'])
  watched.closeLeaving(() => closed.push('later'))
  assert.deepEqual(closed, ['first', 'second', 'later'])
})

test('nothing is told while nobody watches, and watching twice changes nothing', () => {
  const watched = new Page((input) => told.push(input))
  watched.watch(false)
  watched.watch(true)
  watched.watch(true)
  assert.equal(take().length, 1)
  fire('offline')
  assert.equal(take().length, 1)
  watched.watch(false)
  for (const name of ['online', 'offline', 'pagehide', 'pageshow']) fire(name)
  document.dispatchEvent(new Event('visibilitychange'))
  assert.deepEqual([watched.isLeaving, take()], [false, []])
  watched.watch(true)
  assert.equal(take().length, 1)
})

test('a worker has no document and counts as visible', () => {
  setGlobal('document', undefined)
  new Page((input) => told.push(input)).watch(true)
  assert.deepEqual(take(), [state(true, true)])
})

test('on a server that renders pages the browser port can do nothing, and does not break', () => {
  for (const name of ['addEventListener', 'removeEventListener', 'document', 'navigator'])
    setGlobal(name, undefined)
  for (const name of ['WebSocket', 'RTCPeerConnection']) setGlobal(name, undefined)
  const port = new BrowserPort()
  port.start((input) => told.push(input))
  port.watch(true)
  port.watch(false)
  assert.deepEqual([port.capabilities, take()], [{ webSocket: false, rtc: false }, []])
})

test('a Node process is always online and visible, and says nothing about it', () => {
  const port: Port = new NodePort()
  port.start((input) => told.push(input))
  port.watch(true)
  fire('offline')
  assert.deepEqual(take(), [])
})
