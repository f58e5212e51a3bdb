#!/bin/sh
# Finds what test/deploy needs: nginx, coturn, Redis and systemd's checks; as root on Debian it installs what is missing. Otherwise says in one
# line what is skipped and why, and exits with 1. Called by test.js.

skip() {
  echo "deploy: skipped, deploy/ was not tried with a real nginx, coturn and Redis: $1" >&2
  exit 1
}

missing() {
  command -v nginx >/dev/null 2>&1 || printf ' nginx'
  command -v redis-server >/dev/null 2>&1 || printf ' redis-server'
  command -v systemd-analyze >/dev/null 2>&1 || printf ' systemd'
  command -v turnserver >/dev/null 2>&1 || printf ' coturn'
}

packages=$(missing)
if [ -n "$packages" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "deploy: installing$packages (apt-get)"
  export DEBIAN_FRONTEND=noninteractive
  # shellcheck disable=SC2086 # the names are a list
  apt-get update -qq && apt-get install -y -qq --no-install-recommends $packages >/dev/null
  packages=$(missing)
fi
[ -z "$packages" ] || skip "missing:$packages"
