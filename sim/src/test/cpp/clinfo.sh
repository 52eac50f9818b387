#!/usr/bin/env bash
# clinfo asks the platform everything: it must end well and show no error. CLINFO_LD_PRELOAD: the sanitizer's library.
set -euo pipefail

command -v clinfo >/dev/null || { echo "clinfo is not installed: apt-get install clinfo"; exit 1; }
status=0
answers=$(LD_PRELOAD=${CLINFO_LD_PRELOAD:-} clinfo 2>&1) || status=$?
grep -q 'Platform Name .*Cipherstream Simulation' <<<"$answers" || { echo "$answers"; echo "the platform is not there"; exit 1; }
if [ "$status" -ne 0 ] || grep -inE 'error|-[0-9]+\)|CL_INVALID|CL_OUT_OF' <<<"$answers" | grep -v 'Error Correction support'; then
  echo "clinfo ended with $status and shows errors (above)"
  exit 1
fi
