# What sim/build.sh and sim/test.sh share: every part is keyed by the content of what it is made from, and what is
# current is not made again.
# shellcheck shell=bash
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

compiler() { "${CXX:-c++}" --version | sed -n 1p; }

processor() { grep -m 1 '^flags' /proc/cpuinfo || uname -m; }

core_program_header() {
  local generator=$root/host/core/src/main/generator/GenerateCoreProgram.java
  local data=$root/host/core/src/main/program/core-program.xml
  local out=$state/core-program digest
  digest=$(key "$generator" "$data" </dev/null)
  current "$out" "$digest" && return
  rm -rf "$out"
  java "$generator" "$data" "$out"
  echo "$digest" >"$out/.key"
}

platform() {
  local digest
  digest=$(compiler | key "$root/sim/CMakeLists.txt" "$root"/sim/include/**/*.h "$root"/sim/src/{golden,image,ocl}/*.{h,cpp} \
    "$state/core-program/c/core_program.h")
  if ! current "$build" "$digest"; then
    say "building the OpenCL platform"
    mkdir -p "$build"
    cmake -S "$root/sim" -B "$build" -DCMAKE_BUILD_TYPE=Release -DTESTS=OFF \
      -DCORE_PROGRAM_DIR="$state/core-program/c" >"$build/cmake.log" 2>&1 || die "see $build/cmake.log"
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

# pack LIBRARY DESCRIPTION FOLDER KEY [NAME]
pack() {
  mkdir -p "$3"
  rm -f "$3/.key"
  "$build/pack-image" --library "$1" --description "$2" --out "$3" ${5:+--name "$5"}
  echo "$4" >"$3/.key"
  say "image $3"
}

# elaborate NAME: SystemVerilog and what describes it, in target/rtl/NAME; sets $rtl.
elaborate() {
  local configuration=$root/bitstreams/sim/$1/configuration.json digest
  rtl=$root/target/rtl/$1
  [ -f "$configuration" ] || die "no configuration $1; there are: sim-golden $(cd "$root/bitstreams/sim" && echo *), each also with -debug"
  [ -f "$root/fpga/target/runtime.classpath" ] ||
    die "the module fpga is not built; do: mvn -pl fpga -am package -DskipTests"
  digest=$(key "$configuration" "$root"/fpga/target/classes/**/*.{class,xml} </dev/null)
  current "$rtl" "$digest" && return
  say "elaborating $1"
  mkdir -p "$rtl"
  rm -f "$rtl/.key"
  # It ends before optimised code would pay.
  CLASSPATH="$root/fpga/target/classes:$(<"$root/fpga/target/runtime.classpath")" java -Xmx4g -XX:TieredStopAtLevel=1 -XX:+UseSerialGC io.cipherstream.fpga.Elaborate \
    --configuration "$configuration" --out "$rtl" >"$rtl/elaborate.log" 2>&1 || die "see $rtl/elaborate.log"
  echo "$digest" >"$rtl/.key"
}

# kernel: the top module of what was elaborated last.
kernel() { sed -n 's/^  "kernel" : "\(.*\)",$/\1/p' "$rtl/elaboration.json"; }

# compiled NAME [sanitized]: the model of a configuration, in the folder that it sets as $work. With -debug behind the
# name it checks the design's assertions and the AXI protocol, and can record waveforms; a sanitized one cannot, and
# is not much optimised: it would take minutes to compile.
compiled() {
  local name=$1 plain=${1%-debug} digest options=(--noassert) settings=(-DCMAKE_BUILD_TYPE=Release) assertions
  work=$state/models/$name${2:+-$2}
  elaborate "$plain"
  if [ "$name" != "$plain" ]; then
    mapfile -t assertions < <(sed "s|^verification|$rtl/&|; s|^+incdir+|&$rtl/|" "$rtl/assertions.f")
    options=(--assert "${assertions[@]}")
    if [ -z "${2:-}" ]; then
      options+=(--trace-fst --trace-structs)
      settings+=(-DTRACE=ON)
    fi
  fi
  [ -z "${2:-}" ] || settings=(-DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_FLAGS=-O1 -DSANITIZE=ON)
  digest=$({ compiler; processor; verilator --version; echo "$name" "${settings[@]}"; } |
    key "$rtl/elaboration.json" "$root"/sim/src/verilated/* "$root/sim/include/cipherstream/card_model.h" \
      "$root/fpga/src/main/verilator/core_program.vlt")
  current "$work" "$digest" && return
  say "compiling the model of ${work##*/} (a minute or two)"
  rm -rf "$work"
  mkdir -p "$work/build"
  (cd "$rtl" && verilator --cc --no-timing -Wno-fatal -O3 --x-assign unique --x-initial unique --output-split 20000 \
    --output-split-cfuncs 2000 --top-module "$(kernel)" --prefix Vcore_program -Mdir "$work/verilated" \
    "${options[@]}" "$root/fpga/src/main/verilator/core_program.vlt" -f files.f) >"$work/verilator.log" 2>&1 ||
    die "see $work/verilator.log"
  cmake -S "$root/sim/src/verilated" -B "$work/build" "${settings[@]}" -DVERILATED_DIR="$work/verilated" \
    -DCORE_DIR="$rtl" >"$work/cmake.log" 2>&1 || die "see $work/cmake.log"
  cmake --build "$work/build" -j "$jobs" >"$work/make.log" 2>&1 || die "see $work/make.log"
  echo "$digest" >"$work/.key"
}

# verilated NAME: the image of a configuration.
verilated() {
  local name=$1 out=$root/target/images/sim/$1 rtl work digest
  compiled "$name"
  digest=$(key "$work/.key" "$build/pack-image" </dev/null)
  current "$out" "$digest" || pack "$work/build/model.so" "$rtl/elaboration.json" "$out" "$digest" "$name"
}
