// Prints how long things take in real browsers, as medians: `npx tsx test/mixed/figures.ts [runs]`. Not a test.
import { loadavg } from 'node:os'
import type { Happening } from './harness/agent.js'
import type { Member } from './harness/member.js'
import { fullyLinked, joinAtOnce, joinInTurn, Stage } from './harness/stage.js'

const RUNS = Number(process.argv[2] ?? 5)
const SIZE = 8

const now = (): number => performance.timeOrigin + performance.now()

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? NaN
}

const figures = new Map<string, number[]>()

function note(name: string, milliseconds: number): void {
  figures.set(name, [...(figures.get(name) ?? []), milliseconds])
}

async function timeOf(member: Member, isIt: (happening: Happening) => boolean): Promise<number> {
  const found = (await member.happened()).filter(isIt)
  return found[found.length - 1]?.at ?? NaN
}

const isJoining = ({ what, value }: Happening) => what === 'state' && value === 'JOINING'

/** When the last of them was JOINED, saw everyone, and was linked with everyone: what agents note last. */
async function linkedAt(members: readonly Member[]): Promise<number> {
  const isProgress = ({ what }: Happening) => what === 'direct' || what === 'state' || what === 'join'
  return Math.max(...(await Promise.all(members.map((member) => timeOf(member, isProgress)))))
}

async function oneAfterAnother(stage: Stage): Promise<void> {
  const members = await stage.all(Array(SIZE).fill('Chromium'))
  const key = stage.newKey()
  const present: Member[] = []
  for (const member of members) {
    present.push(member)
    await Promise.all([member.join(key), ...present.map((each) => each.until({ size: present.length }))])
    await fullyLinked(present)
    const took = (await linkedAt(present)) - (await timeOf(member, isJoining))
    if ([2, 4, 8].includes(present.length))
      note(`member ${present.length}, from join() to fully linked`, took)
  }
}

async function atOnce(stage: Stage): Promise<void> {
  const members = await stage.all(Array(SIZE).fill('Chromium'))
  await joinAtOnce(members, stage.newKey())
  const began = Math.min(...(await Promise.all(members.map((member) => timeOf(member, isJoining)))))
  note(`${SIZE} at once, from the first join() to all fully linked`, (await linkedAt(members)) - began)
}

async function gone(stage: Stage, home: 'Chromium' | 'Firefox', how: 'closed' | 'crashed'): Promise<void> {
  const witnesses = await stage.all(['Chromium', 'Firefox', 'Node'])
  const page = await stage.pageMember(home)
  await joinInTurn([...witnesses, page], stage.newKey())
  const began = now()
  await (how === 'closed' ? stage.closeTab(page) : stage.crashTab(page))
  // Finding the process of a page of Firefox takes a while.
  const at = how === 'closed' ? began : now()
  await Promise.all(witnesses.map((witness) => witness.until({ size: 3 })))
  for (const witness of witnesses)
    note(
      `a tab of ${home} ${how}, until another member sees it`,
      (await timeOf(witness, ({ what }) => what === 'leave')) - at,
    )
}

const stage = new Stage()
await stage.open()
for (let run = 0; run < RUNS; run++) {
  for (const measure of [
    () => oneAfterAnother(stage),
    () => atOnce(stage),
    () => gone(stage, 'Chromium', 'closed'),
    () => gone(stage, 'Firefox', 'closed'),
    () => gone(stage, 'Chromium', 'crashed'),
    () => gone(stage, 'Firefox', 'crashed'),
  ]) {
    await measure()
    await stage.clear()
  }
}
await stage.close()

console.log(`medians of ${RUNS} runs (lowest to highest), milliseconds; load ${loadavg()[0]?.toFixed(1)}`)
for (const [name, values] of figures) {
  const range = `${Math.round(Math.min(...values))} to ${Math.round(Math.max(...values))}`
  console.log(`${name.padEnd(62)}${String(Math.round(median(values))).padStart(6)}  (${range})`)
}
process.exit()
