// `npm test`: runs the stages below in order, or only those named: `npm test -- core karma`.
// Prints what failed, the time of each stage, and last `N passed, N failed`; exit code 1 if anything failed,
// crashed, ran no test or took too long. A test lives in the folder of its stage: test/<stage>/.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'

const cores = availableParallelism()

// `limit` is in seconds, some times what the stage takes on two busy cores: it ends a stage that hangs.
const stages = [
  { name: 'lint', limit: 120, command: ['npm', 'run', '--silent', 'lint'] },
  { name: 'types', limit: 120, command: ['npm', 'run', '--silent', 'types'] },
  { name: 'core', limit: 180, concurrency: cores },
  { name: 'fuzz', limit: 120, concurrency: cores },
  { name: 'simulation', limit: 240, concurrency: cores },
  { name: 'io', limit: 120, concurrency: 2 },
  { name: 'node', limit: 240, concurrency: 2 },
  // A Sigver, an attacker and a group that it must not disturb: one file at a time, as they are measured.
  { name: 'attack', limit: 240, concurrency: 1 },
  { name: 'build', limit: 120, command: ['npm', 'run', '--silent', 'bundle'] },
  { name: 'karma', limit: 180, folder: 'test/browser', endsWith: '.spec.ts', browsers: true },
  // One file at a time: several browsers with several pages each fill the machine.
  { name: 'mixed', limit: 420, concurrency: 1, browsers: true },
  // Its scenarios mostly wait for the end of a fault: all files at once.
  { name: 'network', limit: 240, concurrency: 16, needsOf: 'scripts/network.sh' },
  // deploy/ with a real nginx and coturn.
  { name: 'deploy', limit: 240, concurrency: 1, needsOf: 'scripts/deploy.sh' },
  { name: 'package', limit: 240, concurrency: 1, browsers: true, needs: 'build' },
  // The faults that last for minutes, with `npm run test:nightly`.
  {
    name: 'nightly',
    limit: 600,
    folder: 'test/network',
    endsWith: '.nightly.ts',
    concurrency: 16,
    needsOf: 'scripts/network.sh',
    browsers: true,
    isOnlyByName: true,
  },
]

const folderOf = (stage) => stage.folder ?? `test/${stage.name}`

function filesBelow(folder, endsWith) {
  return readdirSync(folder, { recursive: true })
    .filter((file) => file.endsWith(endsWith) && !file.includes('node_modules'))
    .map((file) => join(folder, file))
    .sort()
}

// A test that no stage would run is worse than none.
function strayTests() {
  const folders = stages.filter(({ command }) => !command).map((stage) => folderOf(stage) + '/')
  return ['.test.ts', '.spec.ts']
    .flatMap((endsWith) => filesBelow('test', endsWith))
    .filter((file) => !folders.some((folder) => file.startsWith(folder)))
}

function commandOf(stage, files) {
  if (stage.command) return stage.command
  if (stage.name === 'karma') {
    return ['node', '--import', 'tsx', 'node_modules/karma/bin/karma', 'start', 'karma.conf.cjs']
  }
  // Forced to exit: a peer connection that a failed test left open would keep its process for ever.
  const preloads = ['--import', 'tsx', '--import', './scripts/wholeOutput.js']
  const flags = ['--test', '--test-force-exit', `--test-concurrency=${stage.concurrency}`]
  return ['node', ...preloads, ...flags, '--test-reporter=./scripts/testReporter.js', ...files]
}

let running

function killRunning(signal) {
  try {
    process.kill(-running.pid, signal)
  } catch {
    // It is gone already.
  }
}

// Every stage is a process group of its own, so that nothing it started outlives it.
function run([program, ...args], limit, results) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      detached: true,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, TEST_RESULTS: results },
    })
    running = child
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      killRunning('SIGTERM')
      setTimeout(() => killRunning('SIGKILL'), 5_000).unref()
    }, limit * 1_000)
    child.on('error', (error) => resolve(error.message))
    child.on('exit', (code, signal) => {
      clearTimeout(timer)
      killRunning('SIGKILL')
      if (isLate) resolve(`took more than ${limit} s`)
      else if (code !== 0) resolve(signal ? `was ended by ${signal}` : `exit code ${code}`)
      else resolve('')
    })
  })
}

// `results`, a JSON file, is written by testReporter.js and by karma.conf.cjs.
function count(trouble, results) {
  const found = existsSync(results) ? JSON.parse(readFileSync(results, 'utf8')) : {}
  const { passed = 0, failed = 0, skipped = 0, isComplete = false, failures = [] } = found
  const all = { passed, failed: failed + 1, skipped, failures }
  // Failed tests explain an exit code, and nothing else.
  if (trouble && !(failed > 0 && isComplete)) return { ...all, trouble }
  if (!isComplete) return { ...all, trouble: 'ended before all results were in' }
  if (passed + failed === 0) return { ...all, trouble: 'ran no test' }
  return { ...all, failed, trouble: '' }
}

async function runStage(stage, done) {
  const failure = (trouble) => ({ passed: 0, failed: 1, skipped: 0, trouble })
  if (stage.needs && done.some(({ name, failed }) => name === stage.needs && failed > 0)) {
    return failure(`needs ${stage.needs}, which failed`)
  }
  let files = []
  if (!stage.command) {
    if (!existsSync(folderOf(stage)))
      return { passed: 0, failed: 0, skipped: 0, trouble: 'no such folder yet' }
    files = filesBelow(folderOf(stage), stage.endsWith ?? '.test.ts')
    if (files.length === 0) return failure(`${folderOf(stage)} has no tests`)
  }
  // A script that installs what is missing, or says why the stage is skipped.
  if (stage.needsOf && spawnSync('sh', [stage.needsOf], { stdio: 'inherit' }).status !== 0)
    return { passed: 0, failed: 0, skipped: files.length, trouble: '' }
  const folder = mkdtempSync(join(tmpdir(), 'netflux-test-'))
  try {
    const results = join(folder, 'results.json')
    const trouble = await run(commandOf(stage, files), stage.limit, results)
    if (!stage.command) return count(trouble, results)
    return trouble ? failure(trouble) : { passed: 1, failed: 0, skipped: 0, trouble: '' }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function choose(names) {
  const unknown = names.filter((name) => !stages.some((stage) => stage.name === name))
  if (unknown.length > 0) {
    console.error(
      `No such stage: ${unknown.join(', ')}. There are ${stages.map(({ name }) => name).join(', ')}.`,
    )
    process.exit(1)
  }
  if (names.length === 0) return stages.filter(({ isOnlyByName }) => !isOnlyByName)
  const wanted = new Set(names)
  for (const { name, needs } of stages) if (needs && wanted.has(name)) wanted.add(needs)
  return stages.filter(({ name }) => wanted.has(name))
}

function table(done) {
  console.log(`\n${'stage'.padEnd(12)}${'passed'.padStart(8)}${'failed'.padStart(8)}${'seconds'.padStart(9)}`)
  for (const { name, passed, failed, skipped, seconds, trouble } of done) {
    const notes = [skipped ? `${skipped} skipped` : '', trouble].filter(Boolean).join(', ')
    const numbers = [
      String(passed).padStart(8),
      String(failed).padStart(8),
      seconds.toFixed(1).padStart(9),
    ].join('')
    console.log(`${name.padEnd(12)}${numbers}${notes && `  ${notes}`}`)
  }
}

// A log that is cut keeps its end.
function failuresAgain(done) {
  const failures = done.flatMap(({ failures = [] }) => failures)
  if (failures.length > 0) console.log(`\n== what failed\n\n${failures.join('\n')}`)
}

async function main() {
  const chosen = choose(process.argv.slice(2))
  const stray = strayTests()
  if (stray.length > 0) {
    console.error(`These tests are in the folder of no stage: ${stray.join(', ')}`)
    process.exit(1)
  }
  if (chosen.some((stage) => stage.browsers && existsSync(folderOf(stage)))) {
    const { status } = spawnSync('sh', ['scripts/browsers.sh'], { stdio: 'inherit' })
    if (status !== 0) process.exit(1)
  }

  const done = []
  for (const stage of chosen) {
    console.log(`\n== ${stage.name}`)
    const start = performance.now()
    const result = await runStage(stage, done)
    if (result.trouble) console.log(`${stage.name}: ${result.trouble}`)
    done.push({ name: stage.name, ...result, seconds: (performance.now() - start) / 1_000 })
  }

  failuresAgain(done)
  table(done)
  const sum = (key) => done.reduce((total, result) => total + result[key], 0)
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`)
  // A run of nothing is no success.
  process.exitCode = sum('failed') > 0 || sum('passed') === 0 ? 1 : 0
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    if (running) killRunning('SIGTERM')
    process.exit(1)
  })
}

await main()
