#!/usr/bin/env bash
# Makes what operators install, of a tree that is built: a Debian package and a tarball with the same content.
#   deploy/package/build.sh [FOLDER]        # default: target/packages
# The same sources give the same bytes: owners, order and times are fixed.
set -euo pipefail
root=$(readlink -f -- "$(dirname -- "${BASH_SOURCE[0]}")/../..")
. "$root/deploy/setup/common.sh"
. "$root/deploy/setup/build.sh"
. "$root/deploy/package/program.sh"
out=$(readlink -m -- "${1:-$root/target/packages}")
version=$(sed -nE 's|.*<revision>(.*)</revision>.*|\1|p' "$root/pom.xml")
SOURCE_DATE_EPOCH=$(source_date)
export SOURCE_DATE_EPOCH
maintainer=$(sed -n 's/^Maintainer: //p' "$root/deploy/debian/control")
stage="$out/stage"
rm -rf "$stage"
mkdir -p "$stage"

# What is the same in both: programs, embedded models, launcher; then documents, unit and configuration.
program="$stage/cipherstream"
add_program server cipherstream-server.jar server
add_program cli cipherstream-cli.jar client
build_name >"$program/lib/build"
for module in server cli; do
  [ -f "$root/host/$module/target/bom.json" ] || die "host/$module/target/bom.json is missing: run ./cipherstream setup first"
done
"$root/deploy/image/bill.py" "$root/host/seal/seal-source.txt" "$root"/host/{server,cli}/target/bom.json >"$program/bom.json"
install -D -m 755 "$root/deploy/package/cipherstream" "$program/bin/cipherstream"
install -D -m 644 -t "$program/deploy/setup" "$root"/deploy/setup/{common.sh,launch.sh,client.jvm,server.jvm}
add_models
documents=("$root"/{SECURITY.md,CHANGELOG.md} "$root"/docs/{operations,sizing,using,gateway}.md
  "$root/host/server/src/main/resources/io/cipherstream/server/config/defaults.yaml")

# fixed_times FOLDER: every file as old as the sources' date.
fixed_times() { find "$1" -print0 | xargs -0 touch --no-dereference --date="@$SOURCE_DATE_EPOCH"; }

# The newest version of a library's symbols that native code of ours asks for: names that begin with $1.
needed_version() {
  local library jar
  for jar in "$program"/lib/cipherstream-seal*.jar; do
    for library in $(python3 -c 'import sys, zipfile; print(*[n for n in zipfile.ZipFile(sys.argv[1]).namelist() if n.endswith(".so")])' "$jar"); do
      python3 -c 'import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))' "$jar" "$library" >"$stage/native.so"
      objdump -T "$stage/native.so"
    done
  done | grep -oE "\(?$1_[0-9.]+" | sed "s/.*$1_//" | LC_ALL=C sort -Vu | tail -n 1
  rm -f "$stage/native.so"
}

make_tarball() {
  local name="cipherstream-$version-linux-x86_64" folder
  folder="$stage/tar/$name"
  mkdir -p "$folder"
  cp -rl "$program/." "$folder"
  install -D -m 644 -t "$folder/documents" "${documents[@]}"
  install -D -m 644 -t "$folder/systemd" "$root"/deploy/systemd/{cipherstream.service,cards.conf}
  install -D -m 644 "$root/deploy/package/appliance.yaml" "$folder/appliance.yaml"
  install -m 644 "$root/LICENSE" "$folder/LICENSE"
  fixed_times "$folder"
  tar -C "$stage/tar" --sort=name --owner=0 --group=0 --numeric-owner -c "$name" | gzip -1 -n >"$out/$name.tar.gz"
  say "made $out/$name.tar.gz"
}

make_debian_package() {
  local folder="$stage/deb" deb_version=${version/-/\~} file
  local documentation="$folder/usr/share/doc/cipherstream"
  mkdir -p "$folder/usr/lib" "$folder/usr/bin" "$folder/DEBIAN"
  cp -rl "$program" "$folder/usr/lib/cipherstream"
  ln -s ../lib/cipherstream/bin/cipherstream "$folder/usr/bin/cipherstream"
  install -D -m 644 "$root/deploy/systemd/cipherstream.service" "$folder/lib/systemd/system/cipherstream.service"
  install -D -m 640 "$root/deploy/package/appliance.yaml" "$folder/etc/cipherstream/appliance.yaml"
  install -D -m 640 "$root/deploy/package/environment" "$folder/etc/default/cipherstream"
  install -D -m 644 -t "$documentation" "${documents[@]}"
  install -D -m 644 "$root/deploy/systemd/cards.conf" "$documentation/examples/cards.conf"
  install -D -m 644 -t "$documentation/alerts" "$root"/deploy/alerts/{prometheus,cipherstream}.yaml
  install -D -m 644 -t "$documentation/grafana" "$root/deploy/grafana/cipherstream.json"
  install -D -m 644 -t "$documentation/runbooks" "$root"/deploy/runbooks/*.md
  gzip -9n "$documentation/CHANGELOG.md"
  printf '%s\n' "cipherstream ($deb_version) stable; urgency=medium" '' '  * See CHANGELOG.md.gz.' '' \
    " -- $maintainer  $(date -uRd "@$SOURCE_DATE_EPOCH")" | gzip -9n >"$documentation/changelog.gz"
  install -m 644 "$root/deploy/debian/copyright" "$documentation/copyright"
  sed -e "s|@version@|$deb_version|" -e "s|@size@|$(du -sk "$folder" | cut -f1)|" \
    -e "s|@glibc@|$(needed_version GLIBC)|" -e "s|@gcc@|$(g++ -dumpversion)|" "$root/deploy/debian/control" >"$folder/DEBIAN/control"
  install -m 644 "$root/deploy/debian/conffiles" "$folder/DEBIAN/conffiles"
  for file in postinst prerm postrm; do install -m 755 "$root/deploy/debian/$file" "$folder/DEBIAN/$file"; done
  (cd "$folder" && find . -path ./DEBIAN -prune -o -type f -printf '%P\0' | LC_ALL=C sort -z | xargs -0 md5sum) >"$folder/DEBIAN/md5sums"
  fixed_times "$folder"
  dpkg-deb --root-owner-group -Zgzip -z1 --build "$folder" "$out/cipherstream_${deb_version}_amd64.deb" >/dev/null
  say "made $out/cipherstream_${deb_version}_amd64.deb"
}

make_tarball
make_debian_package
rm -rf "$stage"
