# What the build scripts of this folder share. Sourced; the caller has set $here.
# shellcheck shell=bash disable=SC2034  # variables are for the scripts that read this file
cache=${CIPHERSTREAM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}}/cipherstream
compiler_version=$(g++ -dumpfullversion 2>/dev/null || true)

say() { echo "seal: $*" >&2; }
fail() { say "$*"; exit 1; }
need() { # need COMMAND PACKAGE
  command -v "$1" >/dev/null || fail "'$1' is missing; install the Debian package $2"
}
need_compiler() {
  need cmake cmake
  need g++ g++
  need make make
}

# cmake_install SOURCE PREFIX OPTION…: builds SOURCE and installs it as PREFIX, whole or not at all.
cmake_install() {
  local source=$1 prefix=$2 work=$2.work
  shift 2
  rm -rf "$work" "$prefix.partial"
  mkdir -p "$work"
  if ! { cmake -S "$source" -B "$work" "$@" -DCMAKE_INSTALL_PREFIX="$prefix" &&
    cmake --build "$work" --parallel "$(nproc)" &&
    DESTDIR=$prefix.partial cmake --install "$work"; } >"$work/log" 2>&1; then
    tail -40 "$work/log" >&2
    fail "the build failed; the whole log is $work/log"
  fi
  rm -rf "$prefix"
  mv "$prefix.partial$prefix" "$prefix"
  rm -rf "$work" "$prefix.partial"
}
