# Maven: builds once for given sources; offline as soon as what the build files name has been fetched.
# shellcheck shell=bash

pom_hash() { (cd "$root" && find pom.xml .mvn host fpga sim -name target -prune -o \( -name pom.xml -o -path '.mvn/*' \) -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1); }

# maven PURPOSE ARGUMENT…: offline if the same build files have fetched everything for PURPOSE before.
maven() {
  local purpose=$1 hash offline=()
  shift
  hash=$(pom_hash)
  # A local repository that was emptied since shows by libraries that are gone from the class paths.
  if [ -f "$state/fetched-$purpose" ] && [ "$(<"$state/fetched-$purpose")" = "$hash" ] && libraries_there; then offline=(-o); fi
  (cd "$root" && mvn -B -ntp "${offline[@]}" "$@") || return
  printf '%s' "$hash" >"$state/fetched-$purpose"
}

# Class paths of the programs, as the build left them: the module's own archive, then what it needs.
# What trains (PyTorch, 111 MB) is on the class path of conversions alone.
write_class_paths() {
  local own
  own=("$root"/host/cli/target/cipherstream-cli-*.jar)
  printf '%s:%s' "${own[0]}" "$(<"$root/host/cli/target/runtime.classpath")" >"$state/convert.classpath"
  without_training "$state/convert.classpath" >"$state/client.classpath"
  own=("$root"/host/server/target/cipherstream-server-*.jar)
  printf '%s:%s' "${own[0]}" "$(<"$root/host/server/target/runtime.classpath")" >"$state/server.classpath"
}

# without_training FILE: a class path less PyTorch and OpenBLAS.
without_training() { tr ':' '\n' <"$1" | grep -vE '/org/bytedeco/(pytorch|openblas)/' | paste -sd: | tr -d '\n'; }

# Archive of loaded classes (AppCDS): saves most of the start-up time of a short command.
write_class_archive() {
  rm -f "$state/client.jsa"
  CLASSPATH=$(<"$state/client.classpath") "$java" @"$root/deploy/setup/client.jvm" -XX:ArchiveClassesAtExit="$state/client.jsa" -Xlog:disable -Dorg.bytedeco.javacpp.cachedir="$state/native" \
    io.cipherstream.cli.Main doctor --json >/dev/null 2>&1 || true
}

finish_build() {
  local hash=$1
  write_class_paths
  # JavaCPP knows a library by size and time, which two builds can share: none of ours outlives its build.
  rm -rf "$state"/native/cipherstream-*
  write_class_archive
  printf '%s' "$hash" >"$state/built"
}

ensure_built() {
  mkdir -p "$state"
  exec 9>"$state/lock"
  flock 9
  if ! built; then
    local hash started=$SECONDS
    hash=$(source_hash)
    say "building (the first time fetches libraries and compiles SEAL: some minutes); the log is target/setup/build.log"
    # The FPGA core and its simulation are no part of what runs here: sim.sh builds them, and the tests.
    if ! maven build package -pl '!fpga,!sim' -Dmaven.test.skip=true -DskipTests -Dspotless.check.skip=true >"$state/build.log" 2>&1; then
      tail -n 40 "$state/build.log" >&2
      die "the build failed; the whole log is target/setup/build.log"
    fi
    finish_build "$hash"
    say "built in $((SECONDS - started)) s"
  fi
  exec 9>&-
}
