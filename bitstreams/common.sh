# Shared by the bitstream scripts: paths, messages, elaboration, the open tools.
# shellcheck shell=bash disable=SC2034,SC2154  # scripts that read this file and this file use each other's variables

bitstreams=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
root=$(dirname -- "$bitstreams")
java=${JAVA_HOME:+$JAVA_HOME/bin/}java

# Messages and steps with their times go to standard error.
say() { printf 'bitstream: %s\n' "$*" >&2; }
die() {
  say "$*"
  exit 1
}

# step WHAT COMMAND…: runs it, says what and how long it took; its output goes to the log only.
step() {
  local what=$1 begun=$SECONDS
  shift
  say "$what …"
  if ! "$@" >>"$log" 2>&1; then
    tail -n 20 "$log" >&2
    die "$what failed; the whole log is $log"
  fi
  say "$what: $((SECONDS - begun)) s"
}

# find_configuration BOARD-PATTERN NAME: sets $board, $folder, $configuration.
find_configuration() {
  local pattern=$1 name=$2 found
  [[ $name =~ ^[a-z0-9][a-z0-9-]*$ ]] || die "'$name' is no name of a configuration: small letters, digits and hyphens"
  # shellcheck disable=SC2086  # the pattern is one
  for found in "$bitstreams"/$pattern/"$name"/configuration.json; do
    if [ -f "$found" ]; then
      configuration=$found
      folder=$(dirname -- "$found")
      board=$(basename -- "$(dirname -- "$folder")")
      return
    fi
  done
  # shellcheck disable=SC2086  # the pattern is one
  die "no configuration $name for $pattern; there are: $(cd "$bitstreams" && printf '%s ' $pattern/*/configuration.json)"
}

# fpga_main CLASS ARGUMENT…: a program of the module fpga.
fpga_main() {
  [ -f "$root/fpga/target/runtime.classpath" ] ||
    die "the module fpga is not built; do: mvn -pl fpga -am package -DskipTests"
  CLASSPATH="$root/fpga/target/classes:$(<"$root/fpga/target/runtime.classpath")" "$java" -Xmx4g "$@"
}

# The open tools in an environment of their own, exactly those that requirements.txt names.
ensure_tools() {
  local environment=$root/target/bitstreams/tools stamp
  stamp=$(sha256sum "$bitstreams/requirements.txt" | cut -d' ' -f1)
  tools=$environment/bin
  # Compiled once for this machine, kept beside the environment.
  export YOWASP_CACHE_DIR=$root/target/bitstreams/cache
  if [ -f "$environment/stamp" ] && [ "$(<"$environment/stamp")" = "$stamp" ]; then return; fi
  command -v python3 >/dev/null || die "python3 is missing; on Debian: apt-get install python3 python3-venv"
  rm -rf "$environment"
  mkdir -p "$(dirname -- "$environment")"
  step "installing yosys and nextpnr (about 100 MB)" install_tools "$environment"
  printf '%s' "$stamp" >"$environment/stamp"
}

install_tools() {
  python3 -m venv "$1" && "$1/bin/pip" install --disable-pip-version-check --require-hashes -r "$bitstreams/requirements.txt"
}

# read_rtl FOLDER: the yosys command that reads the design that was elaborated into it.
read_rtl() {
  printf 'read_verilog -sv'
  while read -r file; do printf ' %s' "$1/$file"; done <"$1/files.f"
  printf '\n'
}

# Yosys as a library and the solver in a folder of their own, exactly those that requirements-checks.txt names; sets $checks.
install_checks() {
  python3 -m pip install --disable-pip-version-check --no-deps --no-compile --require-hashes --target "$1" \
    -r "$bitstreams/requirements-checks.txt"
}

ensure_checks() {
  local stamp
  if [ -n "${CIPHERSTREAM_CHECKS:-}" ]; then
    checks=$CIPHERSTREAM_CHECKS
    return
  fi
  checks=$root/target/bitstreams/checks
  stamp=$(sha256sum "$bitstreams/requirements-checks.txt" | cut -d' ' -f1)
  if [ "$(cat "$checks/stamp" 2>/dev/null || true)" = "$stamp" ]; then return; fi
  : >"$log"
  rm -rf "$checks"
  step "fetching pyosys and yices (65 MB)" install_checks "$checks"
  printf '%s' "$stamp" >"$checks/stamp"
}
