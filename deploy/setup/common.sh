# Shared by the launcher's parts: messages, paths, and the stamp that says whether a build is needed.
# shellcheck shell=bash disable=SC2154  # root is set by the launcher

state="$root/target/setup"
CIPHERSTREAM_HOME=${CIPHERSTREAM_HOME:-${XDG_DATA_HOME:-${HOME:?HOME is not set}/.local/share}/cipherstream}
export CIPHERSTREAM_HOME
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

# Hash of everything that decides what a build makes: sources without tests, build files, tools.
source_hash() {
  {
    cd "$root"
    find pom.xml .mvn host deploy/setup -name target -prune -o -path '*/src/test' -prune \
      -o -type f -print0 2>/dev/null | LC_ALL=C sort -z | xargs -0 sha256sum
    stat -Lc '%n %s %Y' "$java" "$(command -v mvn)" "$(command -v g++)" "$(command -v cmake)" 2>/dev/null || :
  } | sha256sum | cut -d' ' -f1
}

# True if the libraries of the last build, which lie in Maven's local repository, are still there.
libraries_there() {
  local files file classes
  for classes in "$state/convert.classpath" "$state/server.classpath"; do
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
  [ "$(<"$state/built")" = "$(source_hash)" ]
}
