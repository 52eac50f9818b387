#!/usr/bin/env bash
# Builds and runs the tests of the simulation: sim/test.sh [--sanitize] [option of ctest]…
#
#   --sanitize   platform, models and tests with AddressSanitizer (leaks too) and UndefinedBehaviorSanitizer
#
# Test programs and their images are in target/sim/test or target/sim/test-sanitized. What is current is not made
# again. The module fpga must have been packaged (mvn -pl fpga -am package).
set -euo pipefail
# shellcheck source=functions.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/functions.sh"

model=sim-small-debug

# programs FOLDER SANITIZE: the platform, the golden model and the tests.
programs() {
  local digest settings=(-DCMAKE_BUILD_TYPE=Release -DSANITIZE=OFF)
  [ "$2" = OFF ] || settings=(-DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_FLAGS=-O1 -DSANITIZE=ON)
  settings+=(-DTESTS=ON -DCORE_PROGRAM_DIR="$state/core-program/c")
  digest=$({ compiler; echo "${settings[@]}"; } | key "$root"/sim/{CMakeLists.txt,src/test/cpp/**/CMakeLists.txt} \
    "$root"/sim/include/**/*.h "$root"/sim/src/{golden,image,ocl,test}/**/*.{h,cpp} "$state/core-program/c/core_program.h")
  current "$1" "$digest" && return
  say "building the tests in ${1#"$root/"}"
  mkdir -p "$1"
  cmake -S "$root/sim" -B "$1" "${settings[@]}" >"$1/cmake.log" 2>&1 || die "see $1/cmake.log"
  cmake --build "$1" -j "$jobs" >"$1/make.log" 2>&1 || die "see $1/make.log"
  echo "$digest" >"$1/.key"
}

# images FOLDER [sanitized]: the golden model and the Verilated one, as images beside the tests.
images() {
  local rtl work
  build=$1
  compiled "$model" ${2:+"$2"}
  pack "$work/build/model.so" "$rtl/elaboration.json" "$1/images/$model" "" "$model"
  pack "$1/golden_model.so" "$root/sim/src/golden/configuration.json" "$1/images/sim-golden" ""
  mkdir -p "$1/vendors"
  echo "$1/libcipherstream-ocl.so" >"$1/vendors/cipherstream.icd"
}

main() {
  local sanitize=OFF tests=$state/test
  if [ "${1:-}" = --sanitize ]; then
    sanitize=ON
    tests=$state/test-sanitized
    shift
  fi
  mkdir -p "$state"
  exec 9>"$state/.lock"
  flock 9
  core_program_header
  programs "$tests" "$sanitize"
  if [ "$sanitize" = ON ]; then images "$tests" sanitized; else images "$tests"; fi
  exec 9>&-
  ctest --test-dir "$tests" --output-on-failure -j "$jobs" "$@"
}

main "$@"
