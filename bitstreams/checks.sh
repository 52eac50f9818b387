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

ensure_checks
case "$task" in
  prove) program=$root/fpga/formal/prove.py ;;
  depth) program=$bitstreams/depth.py ;;
  *) die "$task: expected prove or depth" ;;
esac
PYTHONPATH=$checks exec python3 "$program" --rtl "$1" --report "$2" --work "$root/target/bitstreams/$task" "${@:3}"
