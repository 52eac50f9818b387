#!/bin/bash
# Finds or builds Microsoft SEAL and prints, as its last line, the folder of its SEALConfig.cmake.
# build-seal.sh --hexl builds it with Intel HEXL (build-hexl.sh), which only benchmarks use; an
# installed SEAL is then not asked for.
#
# Looked for in this order:
#   SEAL_DIR          an installed CMake package, 4.1 or newer (the folder of SEALConfig.cmake, or
#                     the prefix above it); also found by itself in CMake's usual places
#   SEAL_SOURCE_DIR   a source tree, 4.1 or newer
#   the pinned source archive of seal-source.txt, fetched with pip and kept in the cache
#
# A build goes once into ${CIPHERSTREAM_CACHE:-~/.cache}/cipherstream/seal-<key>, the key being a
# digest of the source and of the options.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/build-common.sh"
hexl='' use_hexl=OFF
if [ "${1:-}" = --hexl ]; then
  hexl=$("$here/build-hexl.sh" | tail -1)
  use_hexl=ON
fi
options=(
  -DCMAKE_BUILD_TYPE=Release -DCMAKE_POSITION_INDEPENDENT_CODE=ON -DBUILD_SHARED_LIBS=OFF
  -DSEAL_BUILD_DEPS=OFF -DSEAL_USE_MSGSL=ON -DSEAL_USE_ZLIB=OFF -DSEAL_USE_ZSTD=OFF
  -DSEAL_USE_INTEL_HEXL="$use_hexl" -DSEAL_BUILD_SEAL_C=OFF -DSEAL_THROW_ON_TRANSPARENT_CIPHERTEXT=OFF
  -DCMAKE_INSTALL_LIBDIR=lib
)
if [ -n "$hexl" ]; then options+=(-DHEXL_DIR="$hexl"); fi
flags='-O3 -ffunction-sections -fdata-sections'
# Of the pinned source without HEXL, whose files are known to allow it: six at a time are one for the compiler, which reads SEAL's and
# the library's headers, most of its time, six times instead of thirty-six.
together_options=(-DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=6 -DCMAKE_PROJECT_INCLUDE="$here/seal-together.cmake")

config_dir() { # the folder of SEALConfig.cmake under or at $1
  local candidate
  for candidate in "$1" "$1"/lib*/cmake/SEAL-* "$1"/lib/*/cmake/SEAL-* "$1"/cmake; do
    [ -f "$candidate/SEALConfig.cmake" ] && { (cd "$candidate" && pwd); return 0; }
  done
  return 1
}

supported() { # is version $1 at least 4.1?
  printf '4.1\n%s\n' "$1" | sort -V -C
}

installed_version() { sed -n 's/^set(SEAL_VERSION \([0-9.]*\))$/\1/p' "$1/SEALConfig.cmake"; }

use_installed() {
  local version
  version=$(installed_version "$1")
  supported "${version:-0}" || fail "SEAL ${version:-of unknown version} in $1: expected 4.1 or newer"
  say "SEAL $version installed in $1"
  echo "$1"
  exit 0
}

fetch_archive() { # prints the pinned archive's path
  local digest archive
  digest=$(sed -n 's/.*--hash=sha256:\([0-9a-f]\{64\}\).*/\1/p' "$here/seal-source.txt")
  archive=$cache/seal-source-${digest:0:16}.tar.gz
  if ! echo "$digest  $archive" | sha256sum --check --status 2>/dev/null; then
    local python=${PYTHON:-python3} folder
    need "$python" python3
    "$python" -m pip --version >/dev/null 2>&1 || fail "pip is missing; install the Debian package python3-pip"
    folder=$(mktemp -d "$cache/download.XXXXXX")
    say "fetching the source archive (1 MB, half a minute)"
    if ! "$python" -m pip download --quiet --no-deps --no-binary pyfhel --require-hashes \
      -r "$here/seal-source.txt" -d "$folder" >"$folder/log" 2>&1; then
      cat "$folder/log" >&2
      rm -rf "$folder"
      fail "the source archive could not be fetched; set SEAL_DIR or SEAL_SOURCE_DIR to use a SEAL of your own"
    fi
    mv "$folder"/*.tar.gz "$archive"
    rm -rf "$folder"
    echo "$digest  $archive" | sha256sum --check --status || fail "$archive has not the pinned digest"
  fi
  echo "$archive"
}

source_key() { # digest of the source tree $1
  (cd "$1" && find CMakeLists.txt cmake native/src -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum)
}

build() { # build SOURCE PREFIX
  need_compiler
  [ -f /usr/include/gsl/gsl ] || [ -f /usr/include/gsl/span ] || [ -n "${CMAKE_PREFIX_PATH:-}" ] ||
    fail "the header gsl/gsl is missing; install the Debian package libmsgsl-dev"
  local source=$1
  local together=()
  if [ -z "${SEAL_SOURCE_DIR:-}$hexl" ]; then together=("${together_options[@]}"); fi
  if [ -n "$hexl" ]; then
    # HEXL's package matches only its exact version, SEAL asks for 1.2.4, and 1.2.3 is what the
    # registries carry: on a copy of the source, SEAL is made to take any version.
    patched=$(mktemp -d "$cache/source.XXXXXX")
    cp -r "$1/." "$patched"
    source=$patched
    sed -i 's/find_package(HEXL [0-9.]*)/find_package(HEXL)/' "$source/CMakeLists.txt"
  fi
  say "building SEAL${hexl:+ with HEXL} from $1 (about a minute)"
  cmake_install "$source" "$2" "${options[@]}" "${together[@]}" -DCMAKE_CXX_FLAGS_RELEASE="$flags"
}

# SEAL_DIR, or what CMake would find by itself.
if [ -n "${SEAL_DIR:-}" ] && [ -z "$hexl" ]; then
  found=$(config_dir "$SEAL_DIR") || fail "SEAL_DIR=$SEAL_DIR holds no SEALConfig.cmake"
  use_installed "$found"
fi
if [ -z "${SEAL_SOURCE_DIR:-}" ] && [ -z "$hexl" ]; then
  for prefix in /usr/local /usr; do
    if found=$(config_dir "$prefix") && supported "$(installed_version "$found")"; then
      use_installed "$found"
    fi
  done
fi

mkdir -p "$cache"
cache=$(cd "$cache" && pwd) # the prefix goes into files that are read from other folders
if [ -n "${SEAL_SOURCE_DIR:-}" ]; then
  [ -f "$SEAL_SOURCE_DIR/native/src/seal/seal.h" ] || fail "SEAL_SOURCE_DIR=$SEAL_SOURCE_DIR is not a SEAL source tree"
  identity=$(source_key "$SEAL_SOURCE_DIR")
else
  identity=$(cat "$here/seal-source.txt")
fi
key=$(echo "$identity" "${options[@]}" "$flags" "$(uname -m)" "$compiler_version" |
  sha256sum | cut -c1-16)
prefix=$cache/seal-$key
if ! config_dir "$prefix" >/dev/null; then
  exec 9>"$cache/seal.lock"
  need flock util-linux
  flock 9
  if ! config_dir "$prefix" >/dev/null; then
    unpacked='' patched=''
    trap 'rm -rf "$unpacked" "$patched"' EXIT
    if [ -n "${SEAL_SOURCE_DIR:-}" ]; then
      build "$SEAL_SOURCE_DIR" "$prefix"
    else
      archive=$(fetch_archive)
      unpacked=$(mktemp -d "$cache/source.XXXXXX")
      tar -xzf "$archive" -C "$unpacked" --strip-components=1
      build "$unpacked/Pyfhel/backend/SEAL" "$prefix"
    fi
  fi
fi
found=$(config_dir "$prefix")
version=$(installed_version "$found")
supported "${version:-0}" || fail "the source is SEAL ${version:-of unknown version}, expected 4.1 or newer"
say "SEAL $version in $prefix"
echo "$found"
