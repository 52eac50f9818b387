# What every package holds: the archives of a program's class path. Sourced.
# shellcheck shell=bash disable=SC2154  # root and program are the caller's

# add_program NAME ARCHIVE CLASSES: the archives of a program's class path, and the file that names them in their order.
add_program() {
  local files file names=()
  readarray -t files < <(program_archives "$1" "$2")
  for file in "${files[@]}"; do
    [ -f "$file" ] || die "$file is missing: run ./cipherstream setup first"
    install -D -m 644 "$file" "$program/lib/${file##*/}"
    names+=("${file##*/}")
  done
  (IFS=: && printf '%s' "${names[*]}") >"$program/lib/$3.classpath"
}

# program_archives NAME ARCHIVE: their paths, the program's own first.
program_archives() { tr ':' '\n' <<<"$root/host/$1/target/$2:$(without_training "$root/host/$1/target/runtime.classpath")"; }

# build_name: names this build by what is in its archives.
build_name() { (cd "$program/lib" && sha256sum -- *.jar | sha256sum | cut -c1-16); }

# add_models: the embedded models.
add_models() {
  mkdir -p "$program/deploy"
  cp -r --no-preserve=mode,ownership "$root/deploy/models" "$program/deploy/models"
  rm "$program/deploy/models/.gitattributes"
}

# source_date: of the sources, in seconds; what is made of the same sources is as old.
source_date() { date -d "$(sed -nE 's|.*<project.build.outputTimestamp>(.*)</.*|\1|p' "$root/pom.xml")" +%s; }
