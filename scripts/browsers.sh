#!/bin/sh
# Finds Chromium and Firefox for the tests; as root on Debian it installs what is missing.
# Otherwise says how to get them and exits with 1. Called by test.js before a stage that needs browsers.

# CHROME_BIN and FIREFOX_BIN, where set, are the only place to look (scripts/browsers.js does the same).
has() { # has <value of the variable> <names on PATH>...
  chosen=$1
  shift
  [ -n "$chosen" ] && set -- "$chosen"
  for name in "$@"; do
    command -v "$name" >/dev/null 2>&1 && return 0
  done
  return 1
}

missing() {
  has "$CHROME_BIN" chromium chromium-browser google-chrome || printf ' chromium'
  has "$FIREFOX_BIN" firefox-esr firefox || printf ' firefox-esr'
}

packages=$(missing)
[ -z "$packages" ] && exit 0

if [ "$(id -u)" = 0 ] && [ -z "$CHROME_BIN$FIREFOX_BIN" ] && command -v apt-get >/dev/null 2>&1; then
  echo "browsers: installing$packages (apt-get)"
  export DEBIAN_FRONTEND=noninteractive
  # shellcheck disable=SC2086 # the names are a list
  apt-get update -qq && apt-get install -y -qq --no-install-recommends $packages >/dev/null
  packages=$(missing)
  [ -z "$packages" ] && exit 0
fi

cat >&2 <<EOF

The tests need Chromium and Firefox. Missing:$packages
  Debian:           sudo apt-get update && sudo apt-get install chromium firefox-esr
  others:           install Chrome or Chromium, and Firefox, from your system
  other locations:  set CHROME_BIN and FIREFOX_BIN to their executables
EOF
exit 1
