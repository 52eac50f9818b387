#!/usr/bin/env bash
# Makes the appliance's container image of a tree that is built, without a container engine or a registry: an archive for
# 'docker load', 'podman load', 'ctr images import' or 'skopeo copy docker-archive:…'.
#   ./cipherstream package --image [FOLDER]        # default: target/packages
# The same sources and the same Debian packages give the same bytes.
set -euo pipefail
root=$(readlink -f -- "$(dirname -- "${BASH_SOURCE[0]}")/../..")
. "$root/deploy/setup/common.sh"
. "$root/deploy/setup/build.sh"
. "$root/deploy/package/program.sh"
out=$(readlink -m -- "${1:-$root/target/packages}")
version=$(sed -nE 's|.*<revision>(.*)</revision>.*|\1|p' "$root/pom.xml")
work="$root/target/image"
debs="$work/debian"
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT

# What Java and our native code need of a system. Nothing else is in the image: no shell, no package manager.
packages=(base-files gcc-12-base libc6 libc-bin libgcc-s1 libstdc++6 zlib1g openjdk-17-jre-headless)
java_home=/usr/lib/jvm/java-17-openjdk-amd64

# fetch_packages: the newest that apt knows, whose signatures it checks; those of last time where nothing can be fetched.
fetch_packages() {
  local names
  mkdir -p "$debs"
  if ! (cd "$debs" && download "${packages[@]}"); then
    [ "$(id -u)" -ne 0 ] || apt-get -qq -o Acquire::Retries=5 update >>"$work/apt.log" 2>&1 || true
    (cd "$debs" && download "${packages[@]}") || say "Debian's packages could not be fetched (see target/image/apt.log); going on with those of last time"
  fi
  readarray -t names < <(apt-get download --print-uris "${packages[@]}" 2>>"$work/apt.log" | cut -d' ' -f2)
  archives=()
  for name in "${names[@]}"; do
    [ -f "$debs/$name" ] || die "the Debian package $name is missing: run 'apt-get update', then try again"
    archives+=("$debs/$name")
  done
  [ ${#archives[@]} -eq ${#packages[@]} ] || die "apt knows ${#archives[@]} of the Debian packages ${packages[*]}: run 'apt-get update', then try again"
}

download() { apt-get -qq -o APT::Sandbox::User=root -o Acquire::Retries=5 download "$@" >>"$work/apt.log" 2>&1; }

# make_system: the layer of Debian. The image holds no links, so each is replaced by what it names.
make_system() {
  local archive name licenses=() whole="$stage/debian" system="$stage/system"
  mkdir -p "$whole" "$system/var/lib/dpkg/status.d" "$system/etc"
  for archive in "${archives[@]}"; do
    dpkg-deb --extract "$archive" "$whole"
    name=$(dpkg-deb --field "$archive" Package)
    # Where scanners look for the packages of an image without a package manager.
    dpkg-deb --field "$archive" >"$system/var/lib/dpkg/status.d/$name"
    licenses+=("usr/share/doc/$name/copyright")
  done
  "$root/deploy/image/without_links.py" "$whole" "$system" etc/debian_version usr/lib/os-release=etc/os-release "${licenses[@]}" \
    lib64/ld-linux-x86-64.so.2 lib/x86_64-linux-gnu usr/lib/x86_64-linux-gnu/libstdc++.so.6 usr/lib/locale/C.utf8 "${java_home#/}"
  printf 'root:x:0:0:root:/:/\ncipherstream:x:10001:10001:Cipherstream:/var/lib/cipherstream:/\n' >"$system/etc/passwd"
  printf 'root:x:0:\ncipherstream:x:10001:\n' >"$system/etc/group"
  printf 'hosts: files dns\n' >"$system/etc/nsswitch.conf"
  rm -rf "$system$java_home"/{man,docs,bin/{jcmd,keytool,rmiregistry,jexec}} "$whole"
}

# make_program: the layers of other people's libraries, and of what is ours.
make_program() {
  local jar names home=/usr/lib/cipherstream
  program="$stage/program$home"
  add_program server cipherstream-server.jar server
  names=$(sed "s|[^:]*|$home/lib/&|g" "$program/lib/server.classpath")
  {
    printf '%s\n' "-Dcipherstream.root=$home" "-Dcipherstream.images=$home/target/images" -Djava.io.tmpdir=/var/cache/cipherstream \
      "-Dorg.bytedeco.javacpp.cachedir=/var/cache/cipherstream/native/$(build_name)"
    printf -- '-cp "%s"\n' "$names"
  } >"$program/lib/server.args"
  rm "$program/lib/server.classpath"
  install -D -m 644 -t "$program/deploy/setup" "$root/deploy/setup/server.jvm"
  add_models
  install -D -m 644 "$root/LICENSE" "$program/LICENSE"
  install -D -m 644 "$root/deploy/image/appliance.yaml" "$stage/program/etc/cipherstream/appliance.yaml"
  mkdir -p "$stage/program/var/lib/cipherstream" "$stage/program/var/cache/cipherstream"
  mkdir -p "$stage/libraries$home/lib"
  for jar in "$program"/lib/*.jar; do
    case "${jar##*/}" in cipherstream-*) ;; *) mv "$jar" "$stage/libraries$home/lib/" ;; esac
  done
  "$root/deploy/image/bill.py" "$root/host/seal/seal-source.txt" "$root/host/server/target/bom.json" --debian "$stage/system/var/lib/dpkg/status.d" \
    >"$program/bom.json"
}

command -v apt-get >/dev/null || die "the image holds packages of Debian 12, which apt-get fetches: make it on Debian 12"
[ -f "$root/host/server/target/bom.json" ] || die "host/server/target/bom.json is missing: run ./cipherstream setup first"
mkdir -p "$work" "$out"
archives=()
fetch_packages
make_system
make_program
mkdir -p "$work/classes"
maven image -q -f deploy/image/jib.xml jib:buildTar "-Dimage.work=$work" "-Dimage.content=$stage" "-Dimage.archive=$out/cipherstream-$version-image.tar" \
  "-Dimage.version=$version" "-Dimage.time=$(date -ud "@$(source_date)" +%FT%TZ)" "-Dimage.java=$java_home" \
  >"$work/jib.log" 2>&1 || {
  tail -n 20 "$work/jib.log" >&2
  die "the image could not be made; the log is target/image/jib.log"
}
say "made $out/cipherstream-$version-image.tar"
