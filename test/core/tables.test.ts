// The coupling of the machines is what the manual says, cell by cell, and docs/states.md says what the code does.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { statesPage } from '../../scripts/statesPage.js'
import * as tables from '../../src/core/tables.js'
import * as manual from './manualTables.js'

const signalingNames = ['CONNECTING', 'OPEN', 'CHECKING', 'CLOSED', 'CHECKED'] as const
const topologyNames = ['CONSTRUCTING', 'CONSTRUCTED', 'IDLE'] as const

const actionNames: Record<string, tables.Action> = {
  $rejoin: 'rejoin',
  $leave: 'leave',
  $connectToSignaling: 'connect',
  $signalingCheck: 'check',
  'Topology.CONSTRUCTED': 'construct',
  'WebChannel.JOINED': 'joined',
  'WebChannel.JOINING': 'joining',
}

const actionsOf = (result: string) => result.split(' & ').map((name) => actionNames[name])
const matches = (pattern: string, name: string) =>
  pattern === '' || pattern === name || (pattern.startsWith('!') && pattern.slice(1) !== name)

/** What a cell does under each of its conditions. */
function outcomes(
  cell: tables.Cell,
  condition: tables.Condition,
): { isTrue: readonly string[]; isFalse: readonly string[] } {
  if (!('when' in cell)) return { isTrue: cell, isFalse: cell }
  assert.equal(cell.when, condition)
  return { isTrue: cell.then, isFalse: cell.otherwise }
}

const isTrueAllowed = (pattern: string) => pattern !== 'false'
const isFalseAllowed = (pattern: string) => pattern !== 'true'

/** The cell does exactly what the rows say that match it; without any, nothing. */
function compare(
  cell: tables.Cell,
  condition: tables.Condition,
  rows: readonly { readonly condition: string; readonly result: string }[],
): void {
  const actual = outcomes(cell, condition)
  const ifTrue = rows.filter((row) => isTrueAllowed(row.condition)).flatMap((row) => actionsOf(row.result))
  const ifFalse = rows.filter((row) => isFalseAllowed(row.condition)).flatMap((row) => actionsOf(row.result))
  assert.deepEqual(actual.isTrue, ifTrue)
  assert.deepEqual(actual.isFalse, ifFalse)
}

describe('the coupling tables do what the manual says', () => {
  for (const signaling of signalingNames)
    for (const topology of topologyNames) {
      it(`when signaling becomes ${signaling} and topology is ${topology}`, () => {
        const rows = manual.signalingStateEvent.filter(
          (row) => matches(row[0], signaling) && matches(row[1], topology),
        )
        const condition = rows.some((row) => row[2] !== '') ? 'connected' : 'rejoinEnabled'
        const index = condition === 'connected' ? 2 : 3
        const conditions = rows.map((row) => ({ condition: row[index], result: row[4] }))
        compare(tables.onSignalingChange[signaling][topology], condition, conditions)
      })
      it(`when topology becomes ${topology} and signaling is ${signaling}`, () => {
        const rows = manual.topologyStateEvent.filter(
          (row) => matches(row[0], topology) && matches(row[1], signaling),
        )
        const conditions = rows.map((row) => ({ condition: row[2], result: row[3] }))
        compare(tables.onTopologyChange[topology][signaling], 'rejoinEnabled', conditions)
      })
      it(`when a member left, signaling is ${signaling} and topology is ${topology}`, () => {
        const rows = manual.memberLeftEvent.filter(
          (row) => matches(row[0], signaling) && matches(row[1], topology),
        )
        const conditions = rows.map((row) => ({ condition: '', result: row[4] }))
        compare(tables.onMemberLeft[signaling][topology], 'rejoinEnabled', conditions)
      })
    }

  it('when the user joins or leaves', () => {
    const { join, leave } = tables.onOuterEvent
    for (const state of ['LEFT', 'JOINING', 'JOINED'] as const) {
      assert.equal(
        join[state] !== 'nothing',
        manual.joinCall.some((row) => matches(row[0], state)),
        `join in ${state}`,
      )
      assert.equal(
        leave[state] !== 'nothing',
        manual.leaveCall.some((row) => matches(row[0], state)),
        `leave in ${state}`,
      )
    }
  })

  it('when the page comes back, only a group that is LEFT begins again', () => {
    assert.equal(tables.onOuterEvent.present.LEFT, 'begin again')
    assert.ok(manual.presenceEvent.every((row) => row[0] === 'LEFT'))
    assert.ok(tables.onOuterEvent.present.JOINED !== 'begin again')
  })
})

it('docs/states.md is what the tables generate', () => {
  const page = readFileSync(new URL('../../docs/states.md', import.meta.url), 'utf8')
  assert.equal(page, statesPage(), 'run `npm run states`')
})
