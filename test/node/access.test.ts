// Who may use a Sigver, as members see it: tokens, refusals that are final and those that are not, and what its operator
// hears. Real Sigvers and members.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { it } from 'node:test'
import { WebSocket } from 'ws'
import { closeCodes } from '../../src/core/closeCodes.js'
import { deriveSecrets } from '../../src/core/secrets.js'
import { SignalingState, type WebGroup, WebGroupState } from '../../src/index.node.js'
import type { NetfluxError } from '../../src/index.sigver.js'
import { Sigver, type SigverOptions } from '../../src/index.sigver.js'
import { keepDiary, onStage, soon, type Stage, throwsCode, until } from './apiStage.js'

async function sigverOf(stage: Stage, options: SigverOptions): Promise<Sigver> {
  const sigver = new Sigver({ host: '127.0.0.1', ...options })
  stage.atEnd(() => sigver.close())
  await sigver.listen()
  return sigver
}

const errorsOf = (group: WebGroup): NetfluxError[] => {
  const errors: NetfluxError[] = []
  group.error$.subscribe((error) => errors.push(error))
  return errors
}

it(
  'members with the right token meet, whether it is given or asked for',
  onStage(async (stage) => {
    const asked: string[] = []
    const sigver = await sigverOf(stage, {
      authenticate: (request, token) => {
        asked.push(`${request.url} ${token}`)
        return token === 'open sesame' ? undefined : 'wrong token'
      },
    })
    const tokens = ['open sesame', () => 'open sesame', () => Promise.resolve('open sesame')]
    const groups = tokens.map((token) => stage.group({ signalingServer: sigver.url, token }))
    for (const group of groups) await soon(group.join('a key'), 'a join')
    await until(() => groups.every(({ members }) => members.length === 3), 'all to meet')
    const { topic } = deriveSecrets('a key')
    assert.deepEqual(new Set(asked), new Set([`/${topic} open sesame`]))
  }),
)

it(
  'who is refused hears why, is LEFT, and does not try again',
  onStage(async (stage) => {
    let asked = 0
    const sigver = await sigverOf(stage, {
      authenticate: (_, token) => {
        asked++
        return token === '' ? 'a token is needed' : 'the token has expired'
      },
    })
    for (const [token, reason] of [
      [undefined, /a token is needed/],
      ['an old one', /the token has expired/],
    ] as const) {
      const group = stage.group({ signalingServer: sigver.url, token })
      const errors = errorsOf(group)
      await soon(group.join('a key'), 'an end')
      assert.equal(group.state, WebGroupState.LEFT)
      assert.deepEqual(
        errors.map(({ code }) => code),
        ['SIGNALING_REFUSED'],
      )
      assert.match(errors[0]?.message ?? '', reason)
    }
    // Longer than the first pause of somebody who would come back.
    await stage.members(2)
    assert.equal(asked, 2)
  }),
)

it(
  'a token that cannot be had, or a judge that fails, is tried again',
  onStage(async (stage) => {
    let failures = 0
    const sigver = await sigverOf(stage, {
      authenticate: () => (failures++ === 0 ? Promise.reject(new Error('no database')) : undefined),
    })
    let asked = 0
    const token = () => {
      if (asked++ === 0) throw new Error('not logged in yet')
      return 'a token'
    }
    const group = stage.group({ signalingServer: sigver.url, token })
    const diary = keepDiary(group)
    await soon(group.join('a key'), 'a join')
    assert.equal(group.state, WebGroupState.JOINED)
    assert.deepEqual(
      diary.filter((line) => line.startsWith('error')),
      ['error TOKEN_FAILED'],
    )
    assert.deepEqual([asked, failures], [3, 2])
  }),
)

it('a token is a string or a function', () => {
  return onStage((stage) => {
    throwsCode(() => stage.group({ token: 7 as unknown as string }), 'BAD_OPTION', /token/)
    return Promise.resolve()
  })()
})

it(
  'who finds no place hears so, and comes in when there is one',
  onStage(async (stage) => {
    const sigver = await sigverOf(stage, { maxPeersPerRoom: 1 })
    const first = stage.group({ signalingServer: sigver.url })
    await soon(first.join('a key'), 'a join')
    const second = stage.group({ signalingServer: sigver.url })
    const errors = errorsOf(second)
    const joined = second.join('a key')
    await until(() => errors.length > 0, 'an error')
    assert.equal(errors[0]?.code, 'SIGNALING_FULL')
    assert.equal(second.state, WebGroupState.JOINING)
    first.leave()
    await soon(joined, 'a join')
    assert.equal(second.state, WebGroupState.JOINED)
    assert.equal(errors.length, 1)
  }),
)

it(
  'pages of other origins are sent away for good; Node and the listed ones are served',
  onStage(async (stage) => {
    const refused: string[] = []
    const sigver = await sigverOf(stage, {
      origins: ['https://example.org'],
      observer: { refused: (code, _, address) => void refused.push(`${code} ${address}`) },
    })
    const { topic } = deriveSecrets('a key')
    const dial = async (origin: string | undefined) => {
      const socket = new WebSocket(`${sigver.url}/${topic}`, origin === undefined ? {} : { origin })
      stage.atEnd(() => socket.terminate())
      await once(socket, 'open')
      return socket
    }
    const origins = ['https://example.org.evil.net', 'http://example.org', 'https://example.org:8443', 'null']
    for (const origin of origins) {
      const [code] = (await once(await dial(origin), 'close')) as [number]
      assert.equal(code, closeCodes.badOrigin, origin)
    }
    assert.deepEqual(refused, Array(origins.length).fill(`${closeCodes.badOrigin} 127.0.0.1`))
    for (const origin of ['https://example.org', undefined]) assert.equal((await dial(origin)).readyState, 1)
  }),
)

it(
  'when Sigver drains, members stay JOINED, and come back each at its time',
  onStage(async (stage) => {
    const server = await stage.http()
    const sigver = new Sigver({ server })
    const signalingServer = sigver.url
    const groups = await stage.members(3, 'a key', { signalingServer })
    const closed = new Set<WebGroup>()
    for (const group of groups)
      group.onSignalingStateChange = (state) => void (state === SignalingState.CLOSED && closed.add(group))
    await sigver.close()
    // At once: the first may come back before the last has gone.
    const next = new Sigver({ server })
    stage.atEnd(() => next.close())
    await until(() => closed.size === groups.length, 'sockets to close')
    await until(
      () => groups.every(({ signalingState }) => signalingState === SignalingState.CHECKED),
      'all to be back',
    )
    assert.ok(groups.every(({ state }) => state === WebGroupState.JOINED))
  }),
)

it(
  'its operator hears of rooms, peers, introductions and sockets',
  onStage(async (stage) => {
    const heard = new Map<string, number>()
    const count = (what: string) => () => void heard.set(what, (heard.get(what) ?? 0) + 1)
    const sigver = await sigverOf(stage, {
      observer: {
        connected: count('connected'),
        disconnected: count('disconnected'),
        introduced: count('introduced'),
        relayed: count('relayed'),
        frame: count('frame'),
        room: (_, isOpen) => count(isOpen ? 'room' : 'no room')(),
        peer: (_, __, isThere) => count(isThere ? 'peer' : 'no peer')(),
      },
    })
    const groups = await stage.members(2, 'a key', { signalingServer: sigver.url })
    for (const group of groups) group.leave()
    await until(() => heard.get('disconnected') === 2, 'two to go')
    for (const what of ['room', 'no room', 'introduced']) assert.equal(heard.get(what), 1, what)
    for (const what of ['connected', 'peer', 'no peer']) assert.equal(heard.get(what), 2, what)
    for (const what of ['relayed', 'frame']) assert.ok((heard.get(what) ?? 0) > 1, what)
  }),
)

it('wrong options are refused at the call', () => {
  const wrong: Record<keyof SigverOptions | string, unknown> = {
    origins: ['example.org'],
    trustProxy: 'yes',
    maxRooms: 0,
    maxPeersPerRoom: NaN,
    maxConnectionsPerIp: '7',
    framesPerSecond: -1,
    turn: { urls: 'stun:here', secret: 's' },
    authenticate: 'a secret',
    observer: null,
  }
  for (const [name, value] of Object.entries(wrong))
    throwsCode(() => new Sigver({ [name]: value }), 'BAD_OPTION', new RegExp(name))
})
