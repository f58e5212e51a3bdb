#!/bin/sh
# Makes a clone ready to start or test: node_modules as in the lockfile, and the generated wire code.
# Called by `prestart` and `pretest`; needs only sh, node and npm, and does nothing where nothing is missing.
# The browsers for the tests are browsers.sh's.
set -e
cd "$(dirname "$0")/.."

# npm writes node_modules/.package-lock.json last, so it also tells a half-finished installation.
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  echo 'prepare: installing node_modules (npm ci)'
  # No scripts: our own `prepare` would build, and no dependency needs one.
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
  touch node_modules/.package-lock.json
fi

node scripts/proto.js
