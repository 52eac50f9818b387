#!/usr/bin/env bash
# certificates.sh FOLDER NODE…: an authority of the cluster's own, and a key and certificate for each node.
# FOLDER/authority.key signs the certificate of another node later; keep it away from the nodes. A node needs
# authority.pem, NODE.pem and NODE.key. What is there already is kept, so that nodes can be added.
set -euo pipefail
[ $# -ge 2 ] || { echo "usage: certificates.sh FOLDER NODE…" >&2; exit 2; }
folder=$1
shift
umask 077
mkdir -p "$folder"
cd "$folder"
days=825

if [ ! -f authority.key ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -sha256 -days $((4 * days)) \
    -subj "/CN=cipherstream cluster" -addext "basicConstraints=critical,CA:TRUE,pathlen:0" \
    -addext "keyUsage=critical,keyCertSign,cRLSign" -keyout authority.key -out authority.pem 2>/dev/null
fi
for node in "$@"; do
  [[ $node =~ ^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$ ]] || { echo "node '$node': expected lower-case letters, digits and hyphens" >&2; exit 2; }
  [ ! -f "$node.pem" ] || continue
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -sha256 -subj "/CN=$node" \
    -keyout "$node.key" -out "$node.csr" 2>/dev/null
  openssl x509 -req -in "$node.csr" -CA authority.pem -CAkey authority.key -set_serial "0x$(openssl rand -hex 16)" -sha256 -days "$days" \
    -extfile <(printf 'subjectAltName=DNS:%s\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth,clientAuth\nbasicConstraints=critical,CA:FALSE\n' "$node") \
    -out "$node.pem" 2>/dev/null
  rm "$node.csr"
done
