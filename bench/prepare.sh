#!/bin/sh
# Called by `prebench`: installs what the bench compares with, if it is missing or older than the lockfile.
set -e
cd "$(dirname "$0")"

if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  echo 'prepare: installing bench/node_modules (npm ci)'
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
  touch node_modules/.package-lock.json
fi
