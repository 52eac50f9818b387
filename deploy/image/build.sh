#!/usr/bin/env bash
# Makes the container images of appliance and gateway of a tree that is built, without a container engine or a registry: archives for
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

# begin_program KIND MODULE ARCHIVE: the folder of an image's own content, and in it the archives of a program.
begin_program() {
  content="$stage/$1"
  program="$content/program$home"
  add_program "$2" "$3" java
  add_models
  install -D -m 644 "$root/LICENSE" "$program/LICENSE"
  mkdir -p "$content/program/var/lib/cipherstream" "$content/program/var/cache/cipherstream"
}

# end_program MODULE OPTIONS MAIN: Java's arguments, the bill of materials, and a layer of other people's libraries.
end_program() {
  local jar names native
  names=$(sed "s|[^:]*|$home/lib/&|g" "$program/lib/java.classpath")
  native="/var/cache/cipherstream/native/$(build_name)"
  {
    cat "$root/deploy/setup/$2"
    printf '%s\n' "-Dcipherstream.root=$home" "-Dcipherstream.images=$home/target/images" -Djava.io.tmpdir=/var/cache/cipherstream \
      "-Dorg.bytedeco.javacpp.cachedir=$native" "-Dcipherstream.native=$native"
    printf -- '-cp "%s"\n%s\n' "$names" "$3"
  } >"$program/lib/java.args"
  rm "$program/lib/java.classpath"
  mkdir -p "$content/libraries$home/lib"
  for jar in "$program"/lib/*.jar; do
    case "${jar##*/}" in cipherstream-*) ;; *) mv "$jar" "$content/libraries$home/lib/" ;; esac
  done
  "$root/deploy/image/bill.py" "$root/host/seal/seal-source.txt" "$root/host/$1/target/bom.json" --debian "$stage/system/var/lib/dpkg/status.d" \
    >"$program/bom.json"
}

# make_image NAME TITLE PORTS WORD…: the archive of an image whose content was made; the words are what it does without others.
make_image() {
  local name=$1 title=$2 ports=$3 archive
  shift 3
  archive="$out/$name-$version-image.tar"
  maven image -q -f deploy/image/jib.xml jib:buildTar "-Dimage.work=$work" "-Dimage.system=$stage/system" "-Dimage.content=$content" \
    "-Dimage.archive=$archive" "-Dimage.name=$name" "-Dimage.title=$title" "-Dimage.ports=$ports" "-Dimage.words=$(IFS=, && printf '%s' "$*")" \
    "-Dimage.version=$version" "-Dimage.time=$(date -ud "@$(source_date)" +%FT%TZ)" "-Dimage.java=$java_home" \
    >"$work/jib.log" 2>&1 || {
    tail -n 20 "$work/jib.log" >&2
    die "the image could not be made; the log is target/image/jib.log"
  }
  say "made $archive"
}

make_appliance() {
  begin_program appliance server cipherstream-server.jar
  install -D -m 644 "$root/deploy/image/appliance.yaml" "$content/program/etc/cipherstream/appliance.yaml"
  end_program server server.jvm io.cipherstream.server.ServerMain
  make_image cipherstream Cipherstream 8443,8444,7443 --config /etc/cipherstream/appliance.yaml --json
}

make_gateway() {
  begin_program gateway cli cipherstream-cli.jar
  end_program cli client.jvm io.cipherstream.cli.Main
  make_image cipherstream-gateway "Cipherstream gateway" 8080,8081 gateway --help
}

command -v apt-get >/dev/null || die "the image holds packages of Debian 12, which apt-get fetches: make it on Debian 12"
for module in server cli; do
  [ -f "$root/host/$module/target/bom.json" ] || die "host/$module/target/bom.json is missing: run ./cipherstream setup first"
done
mkdir -p "$work/classes" "$out"
home=/usr/lib/cipherstream
archives=()
fetch_packages
make_system
make_appliance
make_gateway
