#!/usr/bin/env bash
# Estimates what a configuration takes of an UltraScale+ device, by synthesis alone (yosys): no placement, no timing.
#   bitstreams/estimate.sh <configuration>      of an Alveo card, or one of the planned ones of bitstreams/planned
#   bitstreams/estimate.sh --table              what is committed, as a table
# Writes target/bitstreams/<configuration>/estimate.json. The units are synthesised one by one, without optimisation
# across their borders, and counted as often as they occur; everything else becomes part of what it is in. Memories
# must: only there is it seen that one clock drives both their ports, and that block RAM can hold them.
set -euo pipefail
. "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/common.sh"
[ $# -eq 1 ] || die "usage: bitstreams/estimate.sh <configuration>|--table"
name=$1
if [ "$name" = --table ]; then
  exec python3 "$bitstreams/estimate.py" --table "$bitstreams"/*/*/estimate.json "$bitstreams"/planned/*.estimate.json
fi
if [ -f "$bitstreams/planned/$name.json" ]; then
  configuration=$bitstreams/planned/$name.json
  kept=$bitstreams/planned/$name.estimate.json
else
  find_configuration 'alveo-*' "$name"
  kept=$folder/estimate.json
fi
rtl=$root/target/rtl/$name
work=$root/target/bitstreams/$name
log=$work/estimate.log
mkdir -p "$work"
: >"$log"
ensure_checks
step "elaborating the kernel" fpga_main io.cipherstream.fpga.Elaborate --configuration "$configuration" --out "$rtl"
step "synthesis (yosys; from minutes to an hour)" \
  env PYTHONPATH="$checks" python3 "$bitstreams/estimate.py" --rtl "$rtl" --work "$work" --out "$work/estimate.json"
say "$work/estimate.json; to commit it: cp $work/estimate.json $kept"
