// Reporter of `node --test` for test.js: a line per file that passed, failures in full, at once;
// the numbers go to the file that TEST_RESULTS names. Used by command line, never imported.
import { existsSync, writeFileSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { inspect } from 'node:util'

const slow = 5_000
const seconds = (milliseconds) => `${(milliseconds / 1_000).toFixed(1)} s`
const nameOf = (file) => (file ? relative(process.cwd(), file) : 'unknown file')

const keyOf = ({ file, line, column, name }) => `${file}:${line}:${column}:${name}`
const nodesTotals = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/

// Node reports a file as a test of its own only if it crashed or has none.
const isFile = ({ name, nesting }) => nesting === 0 && /\.[cm]?[jt]s$/.test(name) && existsSync(resolve(name))

function explain(error) {
  const cause = error?.cause ?? error
  const { exitCode, signal } = error ?? {}
  if (exitCode ?? signal) return `its process ended early: ${signal ?? `code ${exitCode}`}`
  if (!(cause instanceof Error)) return inspect(cause)
  return inspect(cause, { depth: 6 })
}

// Printed and written by hand, not yielded: `--test-force-exit` ends the process as soon as the last event
// is out, with what was yielded still on its way.
const print = (text) => process.stdout.write(text)

// eslint-disable-next-line require-yield
export default async function* report(events) {
  const total = { passed: 0, failed: 0, skipped: 0, isComplete: false, failures: [] }
  const unfinished = new Map()
  process.on('exit', () => {
    if (!total.isComplete) {
      for (const data of unfinished.values()) print(`  not finished: ${data.name} (${nameOf(data.file)})\n`)
    }
    if (process.env.TEST_RESULTS) writeFileSync(process.env.TEST_RESULTS, JSON.stringify(total))
  })
  const path = []
  let file
  let inFile = { passed: 0, failed: 0, milliseconds: 0 }

  const printFile = () => {
    const { passed, failed, milliseconds } = inFile
    inFile = { passed: 0, failed: 0, milliseconds: 0 }
    if (passed + failed === 0) return
    const mark = failed > 0 ? '✖' : '✔'
    const numbers = failed > 0 ? `${passed} passed, ${failed} failed` : `${passed}`
    print(`${mark} ${nameOf(file)}: ${numbers}, ${seconds(milliseconds)}\n`)
  }

  const printFailure = (data, reason) => {
    total.failed++
    inFile.failed++
    const name = [...path.slice(0, data.nesting), data.name].join(' > ')
    const where = data.line ? `${nameOf(data.file)}:${data.line}` : nameOf(data.file)
    const failure = `✖ ${name}\n  ${where}, ${seconds(data.details.duration_ms)}\n${reason.replace(/^/gm, '  ')}\n`
    total.failures.push(failure)
    print(`\n${failure}\n`)
  }

  for await (const { type, data } of events) {
    if (type === 'test:start') path[data.nesting] = data.name
    else if (type === 'test:stdout' || type === 'test:stderr') print(data.message)
    else if (type === 'test:dequeue') unfinished.set(keyOf(data), data)
    else if (type === 'test:complete') unfinished.delete(keyOf(data))
    else if (type === 'test:diagnostic') {
      if (!nodesTotals.test(data.message)) print(`  ${data.message}\n`)
    } else if (type === 'test:plan' && data.nesting === 0) {
      // The plan of all files: they are through. Of the totals that follow, the last is not always seen.
      printFile()
      total.isComplete = true
    } else if (type === 'test:pass' || type === 'test:fail') {
      if (data.file !== file) {
        printFile()
        file = data.file
      }
      const isSuite = data.details.type === 'suite'
      if (!isSuite) inFile.milliseconds += data.details.duration_ms
      const error = data.details.error
      if (data.skip !== undefined || data.todo !== undefined) total.skipped++
      else if (type === 'test:fail') {
        // Its tests have been counted already.
        if (error?.failureType !== 'subtestsFailed') printFailure(data, explain(error))
      } else if (isFile(data)) printFailure(data, 'This file has no tests.')
      else if (!isSuite) {
        total.passed++
        inFile.passed++
        if (data.details.duration_ms > slow) print(`  ${data.name}: ${seconds(data.details.duration_ms)}\n`)
      }
    }
  }
}
