#!/usr/bin/env bash
# sign.sh KEY FILE…: signs files that are to be published, which lie in one folder, without a network.
# Writes SHA256SUMS and SHA256SUMS.sig beside them. KEY is an Ed25519 key in PEM form; whoever publishes keeps it offline:
#   openssl genpkey -algorithm ed25519 -out release.key && openssl pkey -in release.key -pubout -out release.pub
# Whoever has the files and release.pub checks them:
#   openssl pkeyutl -verify -pubin -inkey release.pub -rawin -in SHA256SUMS -sigfile SHA256SUMS.sig && sha256sum --check SHA256SUMS
set -euo pipefail
[ $# -ge 2 ] || { echo "usage: sign.sh KEY FILE…" >&2; exit 2; }
key=$(readlink -f -- "$1")
shift
kind=$(openssl pkey -in "$key" -noout -text 2>/dev/null || true)
[[ $kind == ED25519\ Private-Key* ]] || { echo "sign.sh: $key is not an Ed25519 private key in PEM form" >&2; exit 2; }
folder=$(dirname -- "$(readlink -f -- "$1")")
names=()
for file in "$@"; do
  [ -f "$file" ] || { echo "sign.sh: there is no file $file" >&2; exit 2; }
  [ "$(dirname -- "$(readlink -f -- "$file")")" = "$folder" ] || { echo "sign.sh: $file is not in $folder, as the first file is" >&2; exit 2; }
  names+=("$(basename -- "$file")")
done
cd "$folder"
sha256sum -- "${names[@]}" >SHA256SUMS
openssl pkeyutl -sign -inkey "$key" -rawin -in SHA256SUMS -out SHA256SUMS.sig
