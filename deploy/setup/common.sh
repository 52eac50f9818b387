# Shared by the launcher's parts: messages, paths, and the stamp that says whether a build is needed.
# shellcheck shell=bash disable=SC2154  # root is set by the launcher

state="$root/target/setup"
# Without HOME, the shell knows the user's home from the system.
CIPHERSTREAM_HOME=${CIPHERSTREAM_HOME:-${XDG_DATA_HOME:-${HOME:-~}/.local/share}/cipherstream}
export CIPHERSTREAM_HOME
# shellcheck disable=SC2034  # launch.sh reads it
# Java options that hexl.sh adds for 'bench'.
hexl_options=()

say() { printf 'cipherstream: %s\n' "$*" >&2; }
die() {
  say "$*"
  exit 1
}

if [ -n "${JAVA_HOME:-}" ]; then
  java="$JAVA_HOME/bin/java"
  [ -x "$java" ] || die "JAVA_HOME is $JAVA_HOME, which has no bin/java: set it to a JDK 17, or unset it"
else
  java=$(command -v java || true)
fi

# PoCL (OpenCL on the processor) asks hwloc for the machine and ends the process where /sys is not mounted, as in a chroot.
if [ ! -d /sys/devices/system/cpu ] && [ -z "${HWLOC_SYNTHETIC:-}${HWLOC_XMLFILE:-}" ]; then
  HWLOC_SYNTHETIC="NUMANode:1(memory=$(awk '/^MemTotal:/ {printf "%.0f", $2 * 1024}' /proc/meminfo)) pu:$(nproc)"
  export HWLOC_SYNTHETIC
fi

# Whether this user can build here, or only run what another one has built.
can_build() {
  local at=$state
  while [ ! -e "$at" ]; do at=$(dirname -- "$at"); done
  [ -w "$at" ]
}

# require_build WHY: ends with one line where this user cannot build.
require_build() {
  can_build && return
  local owner
  owner=$(stat -c %U "$root")
  die "$1, and $(id -un) cannot write to $root/target: have $owner run '$root/cipherstream setup', or work in a copy of your own"
}

# The tools that a build depends on, as they are now.
build_tools() { stat -Lc '%n %s %Y' "$java" "$(command -v mvn)" "$(command -v g++)" "$(command -v cmake)" "$(command -v npm)" 2>/dev/null || :; }

# source_hash [TOOLS]: hash of everything that decides what a build makes: sources without tests, build files, tools (or what
# the file says of them).
source_hash() {
  {
    cd "$root" || exit
    find pom.xml .mvn host deploy/setup deploy/clients/javascript -name target -prune -o -path '*/src/test' -prune \
      -o -path 'deploy/clients/javascript/test' -prune -o -name node_modules -prune \
      -o -type f -print0 2>/dev/null | LC_ALL=C sort -z | xargs -0 sha256sum
    if [ $# -gt 0 ]; then cat -- "$1"; else build_tools; fi
  } | sha256sum | cut -d' ' -f1
}

# True if the libraries of the last build are still in Maven's local repository.
libraries_there() {
  local files file classes
  for classes in "$root/host/cli/target/runtime.classpath" "$root/host/server/target/runtime.classpath"; do
    [ -f "$classes" ] || continue
    IFS=: read -ra files <<<"$(<"$classes")"
    for file in "${files[@]}"; do
      case "$file" in "$root"/*) ;; *) [ -f "$file" ] || return 1 ;; esac
    done
  done
}

# True if the last build was of these very sources and every file on its class paths is still there.
built() {
  [ -n "$java" ] && [ -f "$state/built" ] && [ -f "$state/client.classpath" ] && [ -f "$state/convert.classpath" ] && [ -f "$state/server.classpath" ] || return 1
  local files file
  IFS=: read -ra files <<<"$(<"$state/convert.classpath"):$(<"$state/server.classpath")"
  for file in "${files[@]}"; do [ -f "$file" ] || return 1; done
  # Who cannot build takes what was built of these sources, whatever tools are there now.
  if can_build || [ ! -f "$state/tools" ]; then
    [ "$(<"$state/built")" = "$(source_hash)" ]
  else
    [ "$(<"$state/built")" = "$(source_hash "$state/tools")" ]
  fi
}

# class_path NAME: that of 'client', 'convert' or 'server', as the build left it.
class_path() { printf '%s' "$(<"$state/$1.classpath")"; }

# Where native libraries are unpacked: with the build, or with the data of a user who cannot write there, a folder a build.
native_folder() {
  if can_build; then
    printf '%s' "$state/native"
  else
    printf '%s' "$CIPHERSTREAM_HOME/native/$(head -c 16 "$state/built")"
  fi
}
