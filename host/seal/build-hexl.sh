#!/bin/bash
# Builds Intel HEXL, only for benchmarks against "SEAL with HEXL", and prints, as its last line, the
# folder of its HEXLConfig.cmake.
#
# Source, in this order:
#   HEXL_SOURCE_DIR   a source tree, 1.2
#   the pinned crate of hexl-source.txt, fetched with cargo and kept in the cache
#
# HEXL is compiled for the very processor it is built on, so the key of its folder in the cache
# (see build-seal.sh) contains the processor's features.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/build-common.sh"
options=(
  -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_LIBDIR=lib
  -DHEXL_BENCHMARK=OFF -DHEXL_TESTING=OFF -DHEXL_SHARED_LIB=OFF
)
read -r crate version digest < <(grep -v '^#' "$here/hexl-source.txt")

# Cargo is asked for one crate, which it would not hand over without all that the crate depends on;
# empty crates stand in for those. Nothing of it is compiled.
write_manifest() { # write_manifest FOLDER
  local stand_in
  printf '[package]\nname = "hexl-source"\nversion = "0.0.0"\nedition = "2021"\n[lib]\npath = "empty.rs"\n' >"$1/Cargo.toml"
  printf '[dependencies]\n%s = "=%s"\n[patch.crates-io]\n' "$crate" "$version" >>"$1/Cargo.toml"
  : >"$1/empty.rs"
  while read -r stand_in version_like features; do
    mkdir -p "$1/$stand_in"
    printf '%s = { path = "%s" }\n' "$stand_in" "$stand_in" >>"$1/Cargo.toml"
    printf '[package]\nname = "%s"\nversion = "%s"\nedition = "2021"\n[lib]\npath = "empty.rs"\n%s\n' \
      "$stand_in" "$version_like" "${features:+[features]
$features = []}" >"$1/$stand_in/Cargo.toml"
    : >"$1/$stand_in/empty.rs"
  done <<'LIST'
bindgen 0.70.999
cmake 0.1.999
link-cplusplus 1.0.999
serde 1.0.999 derive
static_assertions 1.1.999
thiserror 1.0.999
LIST
}

fetch_crate() { # prints the crate's path
  local archive=$cache/$crate-${digest:0:16}.crate
  if ! echo "$digest  $archive" | sha256sum --check --status 2>/dev/null; then
    need cargo cargo
    local folder sparse=() fetched
    folder=$(mktemp -d "$cache/download.XXXXXX")
    write_manifest "$folder"
    # Debian's cargo is older than the sparse index, and cloning the whole index takes minutes.
    if ! printf '1.68\n%s\n' "$(cargo --version | cut -d' ' -f2)" | sort -V -C; then
      sparse=(-Z sparse-registry)
    fi
    say "fetching the source of HEXL (crate $crate $version, 5 MB)"
    if ! (cd "$folder" && RUSTC_BOOTSTRAP=1 CARGO_HOME="$folder/home" cargo "${sparse[@]}" fetch) >"$folder/log" 2>&1; then
      cat "$folder/log" >&2
      rm -rf "$folder"
      fail "the source of HEXL could not be fetched; set HEXL_SOURCE_DIR to use one of your own"
    fi
    fetched=("$folder"/home/registry/cache/*/"$crate-$version.crate")
    mv "${fetched[0]}" "$archive"
    rm -rf "$folder"
    echo "$digest  $archive" | sha256sum --check --status || fail "$archive has not the pinned digest"
  fi
  echo "$archive"
}

mkdir -p "$cache"
cache=$(cd "$cache" && pwd)
if [ -n "${HEXL_SOURCE_DIR:-}" ]; then
  [ -f "$HEXL_SOURCE_DIR/hexl/include/hexl/hexl.hpp" ] || fail "HEXL_SOURCE_DIR=$HEXL_SOURCE_DIR is not a HEXL source tree"
  identity=$(cd "$HEXL_SOURCE_DIR" && find CMakeLists.txt cmake hexl -type f -print0 | sort -z | xargs -0 sha256sum)
else
  identity="$crate $version $digest"
fi
key=$(printf '%s\n' "$identity" "${options[*]}" "$compiler_version" "$(uname -m)" \
  "$(sed -n '/^flags/{p;q}' /proc/cpuinfo 2>/dev/null || true)" | sha256sum | cut -c1-16)
prefix=$cache/hexl-$key
if [ ! -d "$prefix" ]; then
  exec 9>"$cache/hexl.lock"
  need flock util-linux
  flock 9
  if [ ! -d "$prefix" ]; then
    need_compiler
    [ -d /usr/include/cpu_features ] || [ -n "${CMAKE_PREFIX_PATH:-}" ] ||
      fail "the header cpu_features is missing; install the Debian package libcpu-features-dev"
    unpacked=$(mktemp -d "$cache/source.XXXXXX")
    trap 'rm -rf "$unpacked"' EXIT
    if [ -n "${HEXL_SOURCE_DIR:-}" ]; then
      cp -r "$HEXL_SOURCE_DIR/." "$unpacked" # the build writes into its source
    else
      archive=$(fetch_crate)
      tar -xzf "$archive" -C "$unpacked" --strip-components=4 "$crate-$version/SEAL/thirdparty/hexl"
    fi
    say "building HEXL (half a minute)"
    cmake_install "$unpacked" "$prefix" "${options[@]}"
  fi
fi
configs=("$prefix"/lib/cmake/hexl-*/)
[ -f "${configs[0]}HEXLConfig.cmake" ] || fail "$prefix holds no HEXLConfig.cmake"
config=${configs[0]%/}
say "HEXL ${config##*/hexl-} in $prefix"
echo "$config"
