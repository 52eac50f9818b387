#!/usr/bin/env bash
# Makes what an Alveo card's image is made of, and with AMD's tools at hand the image.
#   bitstreams/alveo.sh <configuration>
# Writes target/images/<board>/<configuration>/package: RTL, kernel.xml, packaging script, configuration of v++,
# Makefile, manifest; a folder that can be carried to the machine with the tools. With vivado and v++ on the path it
# goes on to <configuration>.xclbin and its manifest.json beside the package; without, it ends with status 3.
set -euo pipefail
. "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/common.sh"
[ $# -eq 1 ] || die "usage: bitstreams/alveo.sh <configuration>"
name=$1
find_configuration 'alveo-*' "$name"
rtl=$root/target/rtl/$name
out=$root/target/images/$board/$name
package=$out/package
log=$root/target/bitstreams/$name/build.log
mkdir -p "$(dirname -- "$log")" "$package"
: >"$log"

generate() {
  python3 "$bitstreams/alveo/generate.py" --board "$bitstreams/$board/board.json" --rtl "$rtl" "$@"
}

collect() {
  rm -rf "$package/rtl"
  mkdir "$package/rtl"
  cp "$rtl"/*.sv "$rtl/files.f" "$package/rtl/"
  cp "$bitstreams/alveo/"{package_kernel.tcl,ooc.tcl,Makefile} "$package/"
  python3 -c 'import json, sys; print(*json.load(open(sys.argv[1]))["blocks"], sep="\n")' "$bitstreams/depth.json" >"$package/blocks.txt"
  generate --out "$package"
}

command -v python3 >/dev/null || die "python3 is missing"
step "elaborating the kernel" fpga_main io.cipherstream.fpga.Elaborate --configuration "$configuration" --out "$rtl"
step "packaging sources" collect
say "$package; to commit it: cp $package/{manifest.json,kernel.xml,kernel.tcl,connectivity.cfg} $folder/"
for tool in vivado v++; do
  if ! command -v "$tool" >/dev/null; then
    say "no image: $tool is missing. The package is complete; on a machine with Vitis 2022.1 or newer: make -C package"
    exit 3
  fi
done
step "vivado and v++ (hours)" make -C "$package" xclbin
cp "$package/core_program.xclbin" "$out/$name.xclbin"
step "manifest" generate --image "$out/$name.xclbin" --out "$out"
say "$out/$name.xclbin"
