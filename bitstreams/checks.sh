#!/usr/bin/env bash
# What yosys says of the elaborated core.
#   bitstreams/checks.sh prove RTL REPORT [--check] [NAME…]
#                                               proofs of fpga/formal, on the modules that were elaborated into that folder,
#                                               written into the report or compared with it (prove.py)
#   bitstreams/checks.sh depth RTL REPORT [--check]
#                                               logic levels of each block, written into the report or compared with it (depth.py)
# The first call fetches pyosys, yices and smtbmc (65 MB) into target/bitstreams/checks, checked against
# requirements-checks.txt. CIPHERSTREAM_CHECKS names a folder that has them already.
set -euo pipefail
. "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/common.sh"
[ $# -ge 3 ] || die "usage: bitstreams/checks.sh prove|depth RTL REPORT [--check] [NAME…]"
task=$1
shift
log=$root/target/bitstreams/checks.log
mkdir -p "$(dirname -- "$log")"

install_checks() {
  python3 -m pip install --disable-pip-version-check --no-deps --no-compile --require-hashes --target "$1" \
    -r "$bitstreams/requirements-checks.txt"
}

ensure_checks() {
  local stamp
  if [ -n "${CIPHERSTREAM_CHECKS:-}" ]; then
    checks=$CIPHERSTREAM_CHECKS
    return
  fi
  checks=$root/target/bitstreams/checks
  stamp=$(sha256sum "$bitstreams/requirements-checks.txt" | cut -d' ' -f1)
  if [ "$(cat "$checks/stamp" 2>/dev/null || true)" = "$stamp" ]; then return; fi
  : >"$log"
  rm -rf "$checks"
  step "fetching pyosys and yices (65 MB)" install_checks "$checks"
  printf '%s' "$stamp" >"$checks/stamp"
}

ensure_checks
case "$task" in
  prove) program=$root/fpga/formal/prove.py ;;
  depth) program=$bitstreams/depth.py ;;
  *) die "$task: expected prove or depth" ;;
esac
PYTHONPATH=$checks exec python3 "$program" --rtl "$1" --report "$2" --work "$root/target/bitstreams/$task" "${@:3}"
