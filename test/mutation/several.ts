// Runs several test files in one process, in the order of the arguments: most of them are over before a process of their
// own would have begun. Run by workshop.ts.
import { pathToFileURL } from 'node:url'

for (const file of process.argv.slice(2)) await import(pathToFileURL(file).href)
