# The simulated card: what '--engine sim…' and 'sim …' need, made once for given sources.
# shellcheck shell=bash disable=SC2154  # root, state are the launcher's

# In the form of required_packages.
sim_packages() {
  cat <<'LIST'
ocl-icd-libopencl1|compgen -G '/usr/lib*/libOpenCL.so.1' || compgen -G '/usr/lib/*/libOpenCL.so.1'|loads OpenCL drivers, the simulation among them
opencl-headers|[ -f /usr/include/CL/cl_icd.h ]|OpenCL's declarations
nlohmann-json3-dev|[ -f /usr/include/nlohmann/json.hpp ]|JSON in device images
libssl-dev|[ -f /usr/include/openssl/sha.h ]|digests of device images
zlib1g-dev|[ -f /usr/include/zlib.h ]|compresses waveforms
verilator|command -v verilator|simulates the FPGA core
perl|command -v perl|runs Verilator
LIST
}

# Where the simulation tells 'bench cycles' the bytes that each port moves; Java deletes the file with this name.
show_statistics() {
  if [ -z "${CIPHERSTREAM_SIM_STATS:-}" ]; then
    export CIPHERSTREAM_SIM_STATS="$root/target/sim/cycles-$$.jsonl"
  fi
}

# Hash of everything that decides what the module fpga becomes.
fpga_hash() {
  (cd "$root" && find pom.xml fpga host/ring host/core/src/main/program -name target -prune -o -path '*/src/test' -prune -o -type f -print0 \
    | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1)
}

# The core's elaborator, quickly if nothing changed.
ensure_fpga() {
  local hash
  hash=$(fpga_hash)
  if [ -f "$state/fpga" ] && [ "$(<"$state/fpga")" = "$hash" ] && [ -f "$root/fpga/target/runtime.classpath" ]; then return; fi
  say "building the FPGA core's generator (once; the first time fetches Chisel); the log is target/setup/fpga.log"
  if ! maven fpga package -pl fpga -am -Dmaven.test.skip=true -DskipTests -Dspotless.check.skip=true >"$state/fpga.log" 2>&1; then
    tail -n 20 "$state/fpga.log" >&2
    die "the FPGA core's generator could not be built; the log is target/setup/fpga.log"
  fi
  printf '%s' "$hash" >"$state/fpga"
}

# ensure_simulation CONFIGURATION…: packages, generator, platform and images; then points OpenCL's loader at them.
ensure_simulation() {
  local missing=() started=$SECONDS name
  for name in "$@"; do
    [ "$name" = sim-golden ] || [ -f "$root/bitstreams/sim/${name%-debug}/configuration.json" ] \
      || die "no simulation '$name'; there are: sim-golden and, each also with -debug, $(cd "$root/bitstreams/sim" && echo *)"
  done
  require_build "a simulated card is built on demand"
  missing_packages sim_packages
  [ ${#missing[@]} -eq 0 ] || install_packages "${missing[@]}"
  mkdir -p "$state"
  exec 7>"$state/sim.lock"
  flock 7
  [ "$*" = sim-golden ] || ensure_fpga
  "$root/sim/build.sh" "$@" || die "simulation $* could not be built"
  exec 7>&-
  [ $((SECONDS - started)) -lt 3 ] || say "simulation $* made in $((SECONDS - started)) s"
  show_simulation
}

# OpenCL's loader sees the simulation beside the system's drivers, unless the user chose a folder.
show_simulation() {
  if [ -z "${OCL_ICD_VENDORS:-}" ] && [ -f "$root/target/sim/vendors/cipherstream.icd" ]; then
    export OCL_ICD_VENDORS="$root/target/sim/vendors"
  fi
}
