// What `npm start` runs: a collaborative editor on http://localhost:8000. PORT, HOST, DATA_DIR and PUBLIC_URL change it.
import { startEditorServer } from './server/editorServer.js'
import { readSettings, SetupError } from './server/settings.js'

try {
  const server = await startEditorServer(readSettings(process.env))
  console.log(`The editor runs on ${server.url}`)
  let isStopping = false
  // Ctrl-C comes twice, from the terminal and from npm.
  const stop = () => {
    if (isStopping) return
    isStopping = true
    void server.close().then(() => process.exit(0))
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
