// Two ports and how they get a channel to each other: what an adapter brings to the contract suite.
import type { ChannelId } from '../../src/core/contract.js'
import type { PortOptions } from '../../src/io/channels.js'
import type { Port } from '../../src/io/port.js'
import { same } from './check.js'
import type { Recorder } from './recorder.js'

/** A channel as its two ends know it. */
export interface Pair {
  readonly left: ChannelId
  readonly right: ChannelId
}

export interface Stage {
  readonly left: Recorder
  readonly right: Recorder
  /** A new channel between them, open at both ends. */
  connect(): Promise<Pair>
  end(): Promise<void> | void
}

export interface Subject {
  /** What the tests are called by: "Node, WebSocket". */
  readonly name: string
  /** A WebSocket URL where nobody answers; without it nothing is dialled in vain. */
  readonly deadUrl?: string
  /** Close frames with codes and reasons. */
  readonly hasCloseCodes: boolean
  begin(): Promise<Stage> | Stage
}

/** A port of the kind under test; `options` are those of real ports. */
export type MakePort = (options?: PortOptions) => Port

/** What node:test and jasmine have in common. */
export type Declare = (name: string, body: () => Promise<void>) => void

/** A test on a stage of its own. */
export type Promised = (name: string, body: (stage: Stage) => Promise<void>) => void

/** Runs a test; afterwards nobody may have broken a promise. */
export async function onStage(subject: Subject, body: (stage: Stage) => Promise<void>): Promise<void> {
  const stage = await subject.begin()
  try {
    await body(stage)
    same([...stage.left.breaches, ...stage.right.breaches], [], 'broken promises')
  } finally {
    await stage.end()
  }
}

/** What the offering side does before it knows the answer, for tests of odd orders. */
export interface Detours {
  /** The candidates of the answering side arrive before its answer. */
  readonly candidatesFirst?: boolean
}

/** Negotiates a data channel between two recorders, as signaling would. */
export async function connectPeers(left: Recorder, right: Recorder, detours: Detours = {}): Promise<Pair> {
  const pair = { left: left.fresh(), right: right.fresh() }
  const relays: (() => void)[] = []
  const tellRight = () => relays.push(relay(left, pair.left, right, pair.right))
  const tellLeft = () => relays.push(relay(right, pair.right, left, pair.left))
  left.perform({ do: 'offer', channel: pair.left })
  const offer = await left.wait('described', pair.left)
  right.perform({ do: 'answer', channel: pair.right, sdp: offer.sdp })
  if (!detours.candidatesFirst) tellRight()
  const answer = await right.wait('described', pair.right)
  if (detours.candidatesFirst) {
    tellLeft()
    // It keeps them to itself if it can connect without.
    await right.wait('candidates', pair.right)
    tellRight()
  }
  left.perform({ do: 'settle', channel: pair.left, sdp: answer.sdp })
  if (!detours.candidatesFirst) tellLeft()
  await Promise.all([left.wait('opened', pair.left), right.wait('opened', pair.right)])
  for (const stop of relays) stop()
  return pair
}

/** Passes on the candidates of one side, those that were found and those to come, until it is called. */
const relay = (from: Recorder, source: ChannelId, to: Recorder, target: ChannelId): (() => void) =>
  from.each((input) => {
    if (input.on !== 'candidates' || input.channel !== source) return
    to.perform({ do: 'candidates', channel: target, candidates: input.candidates })
  })
