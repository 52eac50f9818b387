#!/usr/bin/env bash
# Builds the simulated platform and device images: sim/build.sh [configuration]…
#
#   target/sim/libcipherstream-ocl.so            the OpenCL platform
#   target/sim/vendors                           for OCL_ICD_VENDORS: the platform beside the system's drivers
#   target/images/sim/<configuration>/           image and manifest
#
# Every part is keyed by the content of what it is made from: what is current is not made again. For
# Verilated images the module fpga must have been packaged (mvn -pl fpga -am package).
set -euo pipefail
shopt -s globstar nullglob

root=$(cd "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
state=$root/target/sim
build=$state/build
jobs=${CIPHERSTREAM_SIM_JOBS:-2}

say() { printf 'sim: %s\n' "$*" >&2; }
die() {
  say "$*"
  exit 1
}

# key FILE… : hex digest of the names and contents of files, and of the lines on standard input.
key() { { sha256sum -- "$@" | sed "s|$root/||"; cat; } | sha256sum | cut -d' ' -f1; }

# current FOLDER KEY: whether what is in the folder was made from what has that key.
current() { [ "$(cat "$1/.key" 2>/dev/null || true)" = "$2" ]; }

compiler() { "${CXX:-c++}" --version | head -n 1; }

processor() { grep -m 1 '^flags' /proc/cpuinfo || uname -m; }

limb_program_header() {
  local generator=$root/host/ring/src/main/generator/GenerateLimbProgram.java
  local data=$root/host/ring/src/main/program/limb-program.xml
  local out=$state/limb-program digest
  digest=$(key "$generator" "$data" </dev/null)
  current "$out" "$digest" && return
  rm -rf "$out"
  java "$generator" "$data" "$out"
  echo "$digest" >"$out/.key"
}

platform() {
  local digest
  digest=$(compiler | key "$root/sim/CMakeLists.txt" "$root"/sim/include/**/*.h "$root"/sim/src/**/*.{h,cpp} \
    "$state/limb-program/c/limb_program.h")
  if ! current "$build" "$digest"; then
    say "building the OpenCL platform"
    mkdir -p "$build"
    cmake -S "$root/sim" -B "$build" -DCMAKE_BUILD_TYPE=Release -DTESTS=OFF \
      -DLIMB_PROGRAM_DIR="$state/limb-program/c" >"$build/cmake.log" 2>&1 || die "see $build/cmake.log"
    cmake --build "$build" -j "$jobs" >"$build/make.log" 2>&1 || die "see $build/make.log"
    # A process that has the old library open keeps it.
    cp "$build/libcipherstream-ocl.so" "$state/libcipherstream-ocl.so.new"
    mv "$state/libcipherstream-ocl.so.new" "$state/libcipherstream-ocl.so"
    echo "$digest" >"$build/.key"
  fi
  vendors
}

vendors() {
  local driver
  mkdir -p "$state/vendors"
  for driver in "${OPENCL_VENDORS:-/etc/OpenCL/vendors}"/*.icd; do
    cp "$driver" "$state/vendors/"
  done
  echo "$state/libcipherstream-ocl.so" >"$state/vendors/cipherstream.icd"
}

golden() {
  local out=$root/target/images/sim/sim-golden digest
  digest=$(key "$build/golden_model.so" "$root/sim/src/golden/configuration.json" "$build/pack-image" </dev/null)
  current "$out" "$digest" && return
  pack "$build/golden_model.so" "$root/sim/src/golden/configuration.json" "$out" "$digest"
}

# pack LIBRARY DESCRIPTION FOLDER KEY
pack() {
  mkdir -p "$3"
  "$build/pack-image" --library "$1" --description "$2" --out "$3"
  echo "$4" >"$3/.key"
  say "image $3"
}

main() {
  local name
  mkdir -p "$state"
  exec 9>"$state/.lock"
  flock 9
  limb_program_header
  platform
  for name in "$@"; do
    case $name in
      sim-golden) golden ;;
      *) die "configuration $name: only the functional model is built as an image so far: use sim-golden (--engine sim:sim-golden)" ;;
    esac
  done
}

main "$@"
