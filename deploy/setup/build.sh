# Maven: builds once for given sources; offline as soon as what the build files name has been fetched.
# shellcheck shell=bash disable=SC2154  # root, state, java are the launcher's

pom_hash() { (cd "$root" && find pom.xml .mvn host fpga sim deploy/image deploy/setup/checkers.xml -name target -prune -o \( -name pom.xml -o -name jib.xml -o -name checkers.xml -o -path '.mvn/*' \) -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1); }

# maven PURPOSE ARGUMENT…: offline if the same build files have fetched everything for PURPOSE before.
maven() {
  local purpose=$1 hash offline=() options=${MAVEN_OPTS:-}
  shift
  hash=$(pom_hash)
  # A local repository that was emptied since shows by libraries that are gone from the class paths.
  if [ -f "$state/fetched-$purpose" ] && [ "$(<"$state/fetched-$purpose")" = "$hash" ] && libraries_there; then offline=(-o); fi
  if checkers_kept; then options+=" -javaagent:$state/checkers/checkers.jar"; fi
  (cd "$root" && MAVEN_OPTS=$options mvn -B -ntp "${offline[@]}" "$@") || return
  printf '%s' "$hash" >"$state/fetched-$purpose"
}

# Error Prone and NullAway, which javac loads anew for each of some forty compilations: half of the time that these take.
# An agent that does nothing puts them on the class path of Maven's own Java, from where they are loaded once.
checker_versions() { grep -E '<(errorprone|nullaway)\.version>' "$root/pom.xml"; }

# checkers_kept: whether that agent is there and holds the versions that the build asks for.
checkers_kept() {
  local folder="$state/checkers"
  [ -f "$folder/made-of" ] && [ "$(<"$folder/made-of")" = "$(checker_versions)" ] && [[ "$folder" != *' '* ]]
}

# keep_checkers: makes the agent, unless it is there. Without it the build only takes longer.
keep_checkers() {
  local folder="$state/checkers"
  if checkers_kept; then return; fi
  rm -rf "$folder"
  mkdir -p "$folder"
  {
    maven checkers -q -f deploy/setup/checkers.xml dependency:build-classpath -DincludeScope=runtime "-Dmdep.outputFile=$folder/classpath" \
      && printf 'public final class Checkers {\n  public static void premain(String none) {}\n}\n' >"$folder/Checkers.java" \
      && "${java%java}javac" -d "$folder" "$folder/Checkers.java" \
      && {
        printf 'Premain-Class: Checkers\n'
        printf 'Class-Path: %s' "$(tr ':' ' ' <"$folder/classpath")" | fold -b -w 70 | sed '2,$s/^/ /'
        printf '\n'
      } >"$folder/manifest" \
      && "${java%java}jar" --create --file "$folder/checkers.jar" --manifest "$folder/manifest" -C "$folder" Checkers.class \
      && checker_versions >"$folder/made-of"
  } >"$state/checkers.log" 2>&1 || say "went on without the checkers kept (see target/setup/checkers.log)"
}

# Class paths of the programs, as the build left them: the module's own archive, then what it needs, all of it in the tree.
# What trains (PyTorch, 111 MB) is on the class path of conversions alone.
write_class_paths() {
  printf '%s:%s' "$root/host/cli/target/cipherstream-cli.jar" "$(kept_libraries "$root/host/cli/target/runtime.classpath")" >"$state/convert.classpath"
  without_training "$state/convert.classpath" >"$state/client.classpath"
  printf '%s:%s' "$root/host/server/target/cipherstream-server.jar" "$(kept_libraries "$root/host/server/target/runtime.classpath")" >"$state/server.classpath"
}

# kept_libraries FILE: a class path whose libraries lie in the tree, so that other users than the one who built can read them.
kept_libraries() {
  local files file kept=()
  IFS=: read -ra files <<<"$(<"$1")"
  for file in "${files[@]}"; do
    case "$file" in
      "$root"/*) kept+=("$file") ;;
      *)
        keep_library "$file" "$state/lib/${file##*/repository/}"
        kept+=("$state/lib/${file##*/repository/}")
        ;;
    esac
  done
  (IFS=: && printf '%s' "${kept[*]}")
}

# keep_library FILE COPY: by a second name where all may read the file and the file system can, else by a copy.
keep_library() {
  [ ! "$1" -ef "$2" ] || return 0
  if [ -f "$2" ] && [ "$(stat -c '%s %Y' "$1")" = "$(stat -c '%s %Y' "$2")" ]; then return 0; fi
  mkdir -p "$(dirname -- "$2")"
  rm -f "$2"
  if [[ "$(stat -c %A "$1")" != *r-- ]] || ! ln "$1" "$2" 2>/dev/null; then
    cp -p "$1" "$2"
    chmod a+r "$2"
  fi
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
  build_tools >"$state/tools"
  printf '%s' "$hash" >"$state/built"
}

ensure_built() {
  if ! can_build && built; then return; fi
  require_build "this tree has to be built first"
  mkdir -p "$state"
  exec 9>"$state/lock"
  flock 9
  if ! built; then
    local hash started=$SECONDS
    hash=$(source_hash)
    make_page || say "went on without the page /try (docs/operations.md)"
    say "building (the first time fetches libraries and compiles SEAL: some minutes); the log is target/setup/build.log"
    keep_checkers
    # The FPGA core and its simulation are no part of what runs here: sim.sh builds them, and the tests.
    if ! maven build package -T 2 -pl '!fpga,!sim,!host/acceptance' -Dmaven.test.skip=true -DskipTests -Dspotless.check.skip=true >"$state/build.log" 2>&1; then
      tail -n 40 "$state/build.log" >&2
      die "the build failed; the whole log is target/setup/build.log"
    fi
    finish_build "$hash"
    say "built in $((SECONDS - started)) s"
  fi
  exec 9>&-
}
