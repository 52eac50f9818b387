#!/usr/bin/env bash
# Builds the simulated platform and device images: sim/build.sh [configuration]…
#
#   sim-golden               the functional model in C++: no cycles
#   <configuration>          bitstreams/sim/<configuration>, Verilated
#   <configuration>-debug    the same with assertions and waveforms
#
#   target/sim/libcipherstream-ocl.so            the OpenCL platform
#   target/sim/vendors                           for OCL_ICD_VENDORS: the platform beside the system's drivers
#   target/images/sim/<configuration>/           image and manifest
#
# What is current is not made again. For Verilated images the module fpga must have been packaged
# (mvn -pl fpga -am package).
set -euo pipefail
# shellcheck source=functions.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/functions.sh"

main() {
  local name
  mkdir -p "$state"
  exec 9>"$state/.lock"
  flock 9
  core_program_header
  platform
  for name in "$@"; do
    case $name in
      sim-golden) golden ;;
      *) verilated "$name" ;;
    esac
  done
}

main "$@"
