// Runs several test files in one process, in the order of the arguments: most of them are over before a process of their
// own would have begun. Run by workshop.ts. Properties are tried with the same values each time: a fault is noticed always
// or never.
import fc from 'fast-check'
import { pathToFileURL } from 'node:url'

fc.configureGlobal({ seed: 1 })
for (const file of process.argv.slice(2)) await import(pathToFileURL(file).href)
