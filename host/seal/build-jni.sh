#!/bin/bash
# Builds one JNI library: build-jni.sh [--hexl] CMAKE_SOURCE GENERATED_CPP_DIR WORK_DIR OUTPUT_DIR [CMAKE_OPTION…]
# --hexl links a SEAL that is built with Intel HEXL, for benchmarks.
# Quick when nothing changed.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
hexl=()
if [ "$1" = --hexl ]; then
  hexl=(--hexl)
  shift
fi
source=$1 generated=$2 work=$3 output=$4
shift 4
seal_dir=$("$here/build-seal.sh" "${hexl[@]}" | tail -1)
if [ ${#hexl[@]} -gt 0 ]; then set -- "$@" -DHEXL_DIR="$("$here/build-hexl.sh" | tail -1)"; fi
mkdir -p "$work/jni" "$output"
for file in "$generated"/*.cpp; do # keep the time stamps of unchanged files
  cmp -s "$file" "$work/jni/$(basename "$file")" || cp "$file" "$work/jni/"
done
log=$work/build.log
# A moved checkout, another JDK or another compiler: what CMake remembers is of the old one.
configured=$(printf '%s\n' "$seal_dir" "$source" "$work" "$output" "$@" "${JAVA_HOME:-}" \
  "$(g++ -dumpfullversion 2>/dev/null || true)")
if [ "$(cat "$work/configured" 2>/dev/null)" != "$configured" ]; then
  rm -rf "$work/Makefile" "$work/CMakeCache.txt" "$work/CMakeFiles" "$work/configured"
fi
if ! { { [ -f "$work/Makefile" ] && [ -f "$work/configured" ]; } ||
    { cmake -S "$source" -B "$work" -DCMAKE_BUILD_TYPE=Release -DSEAL_DIR="$seal_dir" \
      -DJNI_DIR="$work/jni" -DOUTPUT_DIR="$output" "$@" && echo "$configured" >"$work/configured"; } &&
  cmake --build "$work" --parallel "$(nproc)"; } >"$log" 2>&1; then
  cat "$log" >&2
  exit 1
fi
grep -n 'warning:' "$log" >&2 || true
