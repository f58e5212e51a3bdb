// The files in deploy/ fit the command: what they name is there. With nginx, coturn and systemd they are tried in test/deploy.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { build } from 'esbuild'
import { flagOf, settingNames, variableOf } from '../../src/sigver/settings.js'
import { Command } from './sigverCommandStage.js'

const read = (name: string): string => readFileSync(`deploy/${name}`, 'utf8')

test('every panel of the dashboard shows a metric that Sigver has', async () => {
  const dashboard = read('grafana.json')
  JSON.parse(dashboard)
  const shown = new Set(dashboard.match(/\b(sigver|nodejs|process)_\w+/g))
  const command = await Command.start(['--metrics-port', '0'])
  const text = await (await fetch(String(command.lines[0]?.['metricsUrl']))).text()
  const offered = new Set(text.split('\n').flatMap((line) => line.match(/^# TYPE (\w+)/)?.[1] ?? []))
  const missing = [...shown].filter(
    (name) => !offered.has(name) && !offered.has(name.replace(/_bucket$/, '')),
  )
  assert.deepEqual(missing, [])
  const hidden = [...offered].filter((name) => name.startsWith('sigver_') && !dashboard.includes(name))
  assert.deepEqual(hidden, [])
})

test('flags and variables in deploy/ and docs/deploy.md are those of the command', () => {
  const known = new Set([
    ...settingNames.map(flagOf),
    ...settingNames.map(variableOf),
    '--config',
    '--help',
    '--check',
    'SIGVER_CONFIG',
  ])
  for (const text of [read('compose.yaml'), read('sigver.service'), readFileSync('docs/deploy.md', 'utf8')]) {
    const variables = text.match(/\bSIGVER_[A-Z_]+/g) ?? []
    const lines = text
      .split('\n')
      .filter(
        (line) => /sigver|command:|--trust-proxy/.test(line) && !/npm|docker|certbot|systemctl/.test(line),
      )
    const flags = lines.flatMap((line) => line.match(/(?<![\w-])--[a-z][a-z-]+/g) ?? [])
    const ofToken = ['--app', '--key', '--topic', '--expires']
    const unknown = [...variables, ...flags].filter((name) => !known.has(name) && !ofToken.includes(name))
    assert.deepEqual(
      unknown.filter((name) => !['--save', '--appendonly'].includes(name)),
      [],
    )
  }
})

// Whoever embeds Sigver, or has a member, gets nothing of the command.
for (const entry of ['src/index.sigver.ts', 'src/index.node.ts', 'src/index.browser.ts'])
  test(`${entry} loads nothing of the command`, async () => {
    const options = {
      bundle: true,
      write: false,
      metafile: true,
      format: 'esm',
      packages: 'external',
    } as const
    const { metafile } = await build({
      ...options,
      entryPoints: [entry],
      platform: 'node',
      logLevel: 'silent',
    })
    assert.ok(!Object.keys(metafile.inputs).includes('src/sigver/command.ts'))
    const imports = Object.values(metafile.inputs).flatMap((input) => input.imports.map(({ path }) => path))
    assert.deepEqual(
      imports.filter((path) => /^(pino|prom-client|jose|commander)/.test(path)),
      [],
    )
  })
