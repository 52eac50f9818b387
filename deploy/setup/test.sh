# The tests: the whole suite, or those of the modules and classes that are named; then the slowest classes.
# shellcheck shell=bash disable=SC2154  # root, state are the launcher's

# test_modules: every module that has tests, as a path under the root.
test_modules() { (cd "$root" && find host/* fpga sim -maxdepth 1 -name pom.xml -printf '%h\n' | LC_ALL=C sort); }

# module_named NAME: the path of that module (server is host/server); nothing if there is none.
module_named() { test_modules | grep -xE "(host/)?$1" || true; }

# class_source NAME: the path of the test source of that class, or nothing.
class_source() {
  (cd "$root" && find host sim fpga -name target -prune -o -path '*/src/test/*' \( -name "$1.java" -o -name "$1.scala" \) -print | LC_ALL=C sort | head -n 1)
}

# java_classes MODULE PATTERN…: the module's test classes of these file names, as surefire wants them.
java_classes() {
  local sources="$root/$1/src/test/java" pattern
  shift
  for pattern in "$@"; do
    (cd "$sources" 2>/dev/null && find . -name "$pattern" -printf '%P\n') || true
  done | sed 's/\.java$//' | LC_ALL=C sort -u | paste -sd,
}

# one_run PHASE MODULE OPTION…: Maven over a module and what it needs, with no tests but those that OPTION… name.
one_run() {
  local phase=$1 module=$2
  shift 2
  maven "test-${module//\//-}" "$phase" -pl "$module" -am -Dspotless.check.skip=true -Dsurefire.failIfNoSpecifiedTests=false "$@" || die "tests failed"
}

# module_tests MODULE: all its tests.
module_tests() {
  local classes
  case "$1" in
    fpga) one_run test fpga -Dtest=none ;;
    sim) one_run verify sim -Dtest="$(java_classes sim '*Test.java' '*IT.java')" -DwildcardSuites=none ;;
    host/cli)
      one_run test "$1" -Dtest="$(java_classes "$1" '*Test.java')" -DwildcardSuites=none
      one_run verify "$1" -Dtest="$(java_classes "$1" '*IT.java')" -DwildcardSuites=none -Dtest.phase.skip=true
      ;;
    *) one_run test "$1" -Dtest="$(java_classes "$1" '*Test.java' '*IT.java')" -DwildcardSuites=none ;;
  esac
}

# class_tests NAME: the tests of one class.
class_tests() {
  local source module class
  source=$(class_source "$1")
  [ -n "$source" ] || die "test $1: there is no module and no test class of that name; the modules are $(test_modules | sed 's|^host/||' | paste -sd' ')"
  module=${source%%/src/test/*}
  class=${source#*/src/test/*/}
  class=${class%.*}
  case "$source" in
    *.scala) one_run test "$module" -Dtest=none -Dsuites="${class//\//.}" ;;
    # These run on what was packaged, as processes of their own.
    host/cli/*IT.java) one_run verify "$module" -Dtest="$class" -DwildcardSuites=none -Dtest.phase.skip=true ;;
    *) one_run test "$module" -Dtest="$class" -DwildcardSuites=none ;;
  esac
}

# run_tests [NAME…] [MAVEN-OPTION…]: the modules and classes named, else the whole suite with its format check.
# Nothing of Maven's output is held back. Options go to Maven, which then may build only a part or nothing:
# only a whole run leaves a stamp.
run_tests() {
  local hash name module
  mkdir -p "$state"
  exec 9>"$state/lock"
  flock 9
  touch "$state/test-started"
  if [ $# -gt 0 ] && [[ $1 != -* ]]; then
    for name in "$@"; do
      module=$(module_named "$name")
      if [ -n "$module" ]; then module_tests "$module"; else class_tests "$name"; fi
    done
  else
    hash=$(source_hash)
    maven test verify "$@" || { slowest_tests; die "tests failed"; }
    if [ $# -eq 0 ]; then finish_build "$hash"; fi
  fi
  slowest_tests
  exec 9>&-
}

# slowest_tests: the ten test classes of this run that took longest.
slowest_tests() {
  local reports
  reports=$(cd "$root" && find host sim fpga -path '*/target/*-reports/TEST-*.xml' -newer "$state/test-started" -exec grep -ho '<testsuite [^>]*>' {} + 2>/dev/null || true)
  [ -n "$reports" ] || return 0
  say "the test classes that took longest, in seconds:"
  sed -nE 's/.* name="([^"]*)".*/\1 &/; s/^([^ ]*) .* time="([0-9.,]*)".*/\2 \1/p' <<<"$reports" | tr -d , | LC_ALL=C sort -rn | head -n 10 \
    | awk '{printf "%10.1f  %s\n", $1, $2}' >&2
}
