// Preload of each test process: it writes its results into a pipe, and `--test-force-exit` ends it with what the pipe has
// not taken yet, so that whole files of passed or failed tests are missing from the report and the exit code says 0
// (nodejs/node#64833). Used by test.js.
process.stdout._handle?.setBlocking?.(true)
