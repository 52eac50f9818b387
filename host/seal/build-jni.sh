#!/bin/bash
# Builds one JNI library: build-jni.sh CMAKE_SOURCE GENERATED_CPP_DIR WORK_DIR OUTPUT_DIR
# Quick when nothing changed.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source=$1 generated=$2 work=$3 output=$4
seal_dir=$("$here/build-seal.sh" | tail -1)
mkdir -p "$work/jni" "$output"
for file in "$generated"/*.cpp; do # keep the time stamps of unchanged files
  cmp -s "$file" "$work/jni/$(basename "$file")" || cp "$file" "$work/jni/"
done
log=$work/build.log
if ! { { [ -f "$work/Makefile" ] && [ "$(cat "$work/seal-dir" 2>/dev/null)" = "$seal_dir" ]; } ||
    { cmake -S "$source" -B "$work" -DCMAKE_BUILD_TYPE=Release -DSEAL_DIR="$seal_dir" \
      -DJNI_DIR="$work/jni" -DOUTPUT_DIR="$output" && echo "$seal_dir" >"$work/seal-dir"; } &&
  cmake --build "$work" --parallel "$(nproc)"; } >"$log" 2>&1; then
  cat "$log" >&2
  exit 1
fi
grep -n 'warning:' "$log" >&2 || true
