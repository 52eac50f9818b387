#!/usr/bin/env bash
# archives.sh JAVA: archives of the classes that the command line and the appliance load (AppCDS), from which the tests' programs
# start with less of the processor's time: an appliance with 4.7 s instead of 6.8, 'model list' with 1.3 instead of 1.7. Archives that are current are kept. Without one Java loads classes as always.
set -euo pipefail
java=$1
root=$(readlink -f -- "$(dirname -- "${BASH_SOURCE[0]}")/../..")
out="$root/host/acceptance/target/archives"
mkdir -p "$out"
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
export CIPHERSTREAM_HOME=$home

# stale MODULE: whether the archive of that module's program is missing or older than a part of its class path, which is set.
stale() {
  local part
  CLASSPATH="$root/host/$1/target/cipherstream-$1.jar:$(<"$root/host/$1/target/runtime.classpath")"
  export CLASSPATH
  [ -f "$out/$1.jsa" ] || return 0
  while read -r part; do
    [ "$out/$1.jsa" -nt "$part" ] || return 0
  done < <(tr : '\n' <<<"$CLASSPATH")
  return 1
}

# program MODULE OPTIONS ARGUMENT…: runs it; when it ends, Java archives what it has loaded.
program() {
  local module=$1 options=$2
  shift 2
  rm -f "$out/$module.jsa"
  "$java" -XX:TieredStopAtLevel=1 @"$root/deploy/setup/$options" -XX:ArchiveClassesAtExit="$out/$module.jsa" -Xlog:disable \
    -Dorg.bytedeco.javacpp.cachedir="$home/natives" -Dcipherstream.root="$root" "$@"
}

# until_ready: lasts until the appliance is ready, for a minute at most; its end is the end of the appliance's input.
until_ready() {
  local tries
  for ((tries = 0; tries < 300; tries++)); do
    ! grep -q '"ready"' "$home/out" 2>/dev/null || break
    sleep 0.2
  done
}

if stale cli; then
  program cli client.jvm io.cipherstream.cli.Main doctor --json >/dev/null 2>&1 || true
fi
if stale server; then
  program server server.jvm io.cipherstream.server.ServerMain --port 0 --stop-with-stdin --generate-api-key --json \
    --data "$home/server" --models "$root/deploy/models" --model sst2-sealed --set compute.warmUp=false \
    < <(until_ready) >"$home/out" 2>"$home/log" || true
fi
