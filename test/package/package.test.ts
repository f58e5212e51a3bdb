// What users get: the packed tarball, installed into a folder of its own, in Node, browsers and bundlers.
// Needs dist/ (the stage `package` builds it first). Each part is in a file beside this one.
import { after, before, describe } from 'node:test'
import { bundlerTests } from './bundlers.js'
import { type Consumer, installConsumer } from './consumer.js'
import { contentTests } from './content.js'
import { nodeTests } from './inNode.js'
import { pageTests } from './inPages.js'
import { typeTests } from './types.js'

describe('the packed tarball', () => {
  let installed: Consumer | undefined
  const consumer = (): Consumer => {
    if (!installed) throw new Error('the tarball is not installed')
    return installed
  }

  before(async () => {
    installed = await installConsumer()
  })
  after(() => installed?.remove())

  contentTests(consumer)
  nodeTests(consumer)
  typeTests(consumer)
  bundlerTests(consumer)
  pageTests(consumer)
})
