// Short names for the properties that only our own code sees: a minifier may not rename properties by itself, and they
// are a twentieth of what a browser loads. Used by rollup.config.js, for the browser's builds.
// A name is kept if anybody else might use it: it is declared outside src, stands in a file of the public API, is printed by
// setLogLevel(), is exported by limits.ts (no property then), or occurs as a text.
import { relative } from 'node:path'
import ts from 'typescript'

/** Files whose names users or the console see. */
const SEEN =
  /src\/(index\.browser|exports|WebGroup|options|log|yjs\/?\w*|core\/(errors|states|contract|limits))\.(d\.)?ts$/

/** `{ longName: 'ab' }`. */
export function shortNames() {
  const program = ts.createProgram(['src/index.browser.ts', 'src/yjs.ts'], {
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    target: ts.ScriptTarget.ES2022,
    customConditions: ['browser'],
    types: [],
  })
  const ours = new Map()
  const kept = new Set()
  for (const file of program.getSourceFiles()) {
    const isOurs = !relative('src', file.fileName).startsWith('..')
    if (!isOurs || SEEN.test(file.fileName)) for (const name of wordsOf(file.text)) kept.add(name)
    if (!isOurs) continue
    const visit = (node) => {
      const name = propertyName(node)
      if (name) ours.set(name, (ours.get(name) ?? 0) + 1)
      if (ts.isStringLiteralLike(node)) kept.add(node.text)
      ts.forEachChild(node, visit)
    }
    visit(file)
  }
  const short = newNames((name) => kept.has(name) || ours.has(name))
  const long = [...ours].filter(([name]) => !kept.has(name) && name.length > 2 && !/^[A-Z]/.test(name))
  long.sort(([a, countOfA], [b, countOfB]) => countOfB - countOfA || (a < b ? -1 : 1))
  return Object.fromEntries(long.map(([name]) => [name, short.next().value]))
}

const wordsOf = (text) => text.replace(/\/\*[^]*?\*\/|\/\/.*/g, '').match(/[A-Za-z_$][\w$]*/g) ?? []

/** What a declaration adds to an object, or what an expression reads from one. */
function propertyName(node) {
  if (ts.isPropertyAccessExpression(node)) return ts.isIdentifier(node.name) ? node.name.text : undefined
  const isMember =
    ts.isPropertyDeclaration(node) ||
    ts.isPropertySignature(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isMethodSignature(node) ||
    ts.isAccessor(node) ||
    ts.isPropertyAssignment(node) ||
    ts.isShorthandPropertyAssignment(node) ||
    ts.isBindingElement(node) ||
    ts.isParameter(node) ||
    ts.isEnumMember(node)
  const name = isMember ? (node.propertyName ?? node.name) : undefined
  return name && (ts.isIdentifier(name) || ts.isStringLiteralLike(name)) ? name.text : undefined
}

function* newNames(isTaken) {
  const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
  for (const first of letters)
    for (const second of letters) if (!isTaken(first + second)) yield first + second
}
