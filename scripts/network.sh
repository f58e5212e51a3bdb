#!/bin/sh
# Finds what test/network needs: root, network namespaces, nftables and coturn; as root on Debian it installs what is
# missing. Otherwise says in one line what is skipped and why, and exits with 1. Called by test.js.

skip() {
  echo "network: skipped, no test of real network faults was run: $1" >&2
  exit 1
}

missing() {
  command -v ip >/dev/null 2>&1 || printf ' iproute2'
  command -v nft >/dev/null 2>&1 || printf ' nftables'
  command -v turnserver >/dev/null 2>&1 || printf ' coturn'
  command -v sysctl >/dev/null 2>&1 || printf ' procps'
}

[ "$(uname)" = Linux ] || skip 'it needs Linux'
[ "$(id -u)" = 0 ] || skip 'it needs root'

packages=$(missing)
if [ -n "$packages" ] && command -v apt-get >/dev/null 2>&1; then
  echo "network: installing$packages (apt-get)"
  export DEBIAN_FRONTEND=noninteractive
  # shellcheck disable=SC2086 # the names are a list
  apt-get update -qq && apt-get install -y -qq --no-install-recommends $packages >/dev/null
  packages=$(missing)
fi
[ -z "$packages" ] || skip "missing:$packages"

# Where namespaces are refused, as in many containers, the first of these fails; without NAT or filters in the kernel, the others.
space="netflux-$$-probe"
ip netns add "$space" 2>/dev/null || skip 'network namespaces are refused here'
trap 'ip netns del "$space"' EXIT
ip netns exec "$space" nft 'add table ip nat; add chain ip nat post { type nat hook postrouting priority 100; }' 2>/dev/null ||
  skip 'the kernel has no nftables'
ip link add probe netns "$space" type veth peer name other netns "$space" 2>/dev/null || skip 'the kernel has no veth'
