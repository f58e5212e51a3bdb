// Writes docs/states.md from the tables of the core: `npm run states`. A test compares the file with what this returns.
import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import * as tables from '../src/core/tables.js'

const signalingNames = Object.keys(tables.signalingTransitions) as tables.SignalingName[]
const topologyNames = Object.keys(tables.topologyTransitions) as tables.TopologyName[]
const groupNames = Object.keys(tables.groupTransitions) as tables.GroupName[]

const actions: Record<tables.Action, string> = {
  rejoin: 'rejoin',
  leave: 'leave',
  connect: 'connect to Sigver',
  check: 'ask Sigver',
  construct: 'topology becomes CONSTRUCTED',
  joining: 'group becomes JOINING',
  joined: 'group becomes JOINED',
}

function show(cell: tables.Cell): string {
  if (!('when' in cell)) return cell.map((action) => actions[action]).join(', then ') || 'nothing'
  return `if ${cell.when}: ${show(cell.then)}; else ${show(cell.otherwise)}`
}

function table(corner: string, columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line([corner, ...columns]), line(['---', ...columns.map(() => '---')]), ...rows.map(line)].join(
    '\n',
  )
}

function transitions(machine: Readonly<Record<string, readonly string[]>>): string {
  const arrows = Object.entries(machine).flatMap(([from, targets]) =>
    targets.map((to) => `    ${from} --> ${to}`),
  )
  return ['```mermaid', 'stateDiagram-v2', ...arrows, '```'].join('\n')
}

export function statesPage(): string {
  const bySignaling = (cells: typeof tables.onSignalingChange) =>
    table(
      'signaling \\ topology',
      topologyNames,
      signalingNames.map((name) => [
        `**${name}**`,
        ...topologyNames.map((topology) => show(cells[name][topology])),
      ]),
    )
  return `# States

Generated from \`src/core/tables.ts\` by \`npm run states\`; a test compares it with that file, and that file with the
tables of the Netflux manual.

Three machines make a member: the **group** (\`state\`), the connection with **signaling** (\`signalingState\`), and the
**topology**, which users do not see. Each changes by itself; what a change of one means for the others stands in the
tables below, with every cell written down.

## The machines

### Group

${transitions(tables.groupTransitions)}

### Signaling

${transitions(tables.signalingTransitions)}

### Topology

${transitions(tables.topologyTransitions)}

## When the signaling state changes

The row is the new signaling state, the column the topology state at that time. \`connected\`: Sigver says that this
member is alone, or linked with everyone it knows. \`rejoinEnabled\`: the option \`autoRejoin\`, unless Sigver refused.

${bySignaling(tables.onSignalingChange)}

## When the topology state changes

The row is the new topology state, the column the signaling state at that time.

${table(
  'topology \\ signaling',
  signalingNames,
  topologyNames.map((name) => [
    `**${name}**`,
    ...signalingNames.map((signaling) => show(tables.onTopologyChange[name][signaling])),
  ]),
)}

## When a member left

It was linked directly, and somebody else is still there; otherwise nothing.

${bySignaling(tables.onMemberLeft)}

## What the user, the page and the network do

${table(
  'event \\ group',
  groupNames,
  Object.entries(tables.onOuterEvent).map(([event, cells]) => [
    `**${event}**`,
    ...groupNames.map((name) => cells[name]),
  ]),
)}

\`present\`: the page became visible or the network came back, and now it is both. \`begin again\`: only if the group was
left without the user asking for it, and \`autoRejoin\` is on.

## Where the manual's tables are not followed to the letter

${tables.deviations.map((text) => `- ${text}`).join('\n')}
`
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  writeFileSync(new URL('../docs/states.md', import.meta.url), statesPage())
