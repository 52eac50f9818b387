# The tests: the whole suite, or those of the modules and classes that are named; then the slowest classes.
# shellcheck shell=bash disable=SC2154  # root, state are the launcher's

# test_modules: every module that has tests, as a path under the root.
test_modules() { (cd "$root" && find host/* fpga sim -maxdepth 1 -name pom.xml -printf '%h\n' | LC_ALL=C sort); }

# module_named NAME: the path of that module (server is host/server); nothing if there is none.
module_named() { test_modules | grep -xE "(host/)?$1" || true; }

# class_sources NAME: the paths of the test sources of that class: one, none, or several of different packages.
class_sources() {
  (cd "$root" && find host sim fpga -name target -prune -o -path '*/src/test/*' \( -name "$1.java" -o -name "$1.scala" \) -print | LC_ALL=C sort)
}

# java_classes MODULE PATTERN…: the module's test classes of these file names, as surefire wants them.
java_classes() {
  local sources="$root/$1/src/test/java" pattern
  shift
  for pattern in "$@"; do
    (cd "$sources" 2>/dev/null && find . -name "$pattern" -printf '%P\n') || true
  done | sed 's/\.java$//' | LC_ALL=C sort -u | paste -sd,
}

# select_test NAME: adds a module's tests, or the classes of that name, to the selection of run_selected.
select_test() {
  local module source sources class
  module=$(module_named "$1")
  if [ -n "$module" ]; then
    modules+=("$module")
    case "$module" in
      fpga) all_suites=yes ;;
      sim)
        classes+=("$(java_classes "$module" '*IT.java')")
        without_cpp=()
        ;;
      *) classes+=("$(java_classes "$module" '*Test.java' '*IT.java')") ;;
    esac
    return
  fi
  readarray -t sources < <(class_sources "$1")
  [ ${#sources[@]} -gt 0 ] || die "test $1: there is no module and no test class of that name; the modules are $(test_modules | sed 's|^host/||' | paste -sd' ')"
  for source in "${sources[@]}"; do
    modules+=("${source%%/src/test/*}")
    class=${source#*/src/test/*/}
    class=${class%.*}
    case "$source" in
      *.scala) suites+=("${class//\//.}") ;;
      *) classes+=("$class") ;;
    esac
  done
}

joined() { local IFS=,; printf '%s' "$*"; }

# run_selected NAME…: the tests of modules and classes, in one run of Maven over those modules and what they need.
# Always to the same phase: a module that was packaged and one that was not are different class paths, and recompiled.
run_selected() {
  local modules=() classes=() suites=() all_suites='' scala=() without_cpp=(-Dtest.cpp.skip=true) tests name
  for name in "$@"; do select_test "$name"; done
  if [ ${#suites[@]} -gt 0 ]; then scala=("-Dsuites=$(joined "${suites[@]}")"); else scala=(-DwildcardSuites=none); fi
  if [ -n "$all_suites" ]; then scala=(); fi
  readarray -t modules < <(printf '%s\n' "${modules[@]}" | sort -u)
  tests=$(joined "${classes[@]}")
  maven "test-$(joined "${modules[@]//\//-}")" verify -pl "$(joined "${modules[@]}")" -am -Dspotless.check.skip=true \
    -Dsurefire.failIfNoSpecifiedTests=false -Dtest="${tests:-none}" "${without_cpp[@]}" "${scala[@]}" || die "tests failed"
}

# one_compilation: what the tests' simulations have in common (Verilator's run time, the OpenCL platform, the driver of
# the models) is compiled once a tree, not once for each of some thirty programs. The cache keys by preprocessed content,
# in which paths below the tree are relative.
one_compilation() {
  export CCACHE_DIR="$state/ccache" CCACHE_NOHASHDIR=true CCACHE_BASEDIR=$root CCACHE_MAXSIZE=1G
  export OBJCACHE=ccache CMAKE_CXX_COMPILER_LAUNCHER=ccache
  # Models of the core run for seconds: not optimised, they and their run take half of the time that they take with Verilator's
  # -Os. Suites that simulate for longer ask for -O1 themselves. A model is one file for the compiler: each of up to fifty would
  # read Verilator's and the model's declarations again, five sixths of the time for two clusters.
  export MAKEFLAGS="${MAKEFLAGS:-} -- OPT_FAST= OPT_GLOBAL=-O1 VM_PARALLEL_BUILDS=0"
}

# run_quick: what needs no native code, no training, no hardware and no patience, of the modules in Java.
run_quick() {
  maven test-quick verify -pl '!fpga,!sim,!host/acceptance' -Dspotless.check.skip=true \
    -DexcludedGroups=native,training,hardware,slow || die "tests failed"
}

# run_tests [--quick] [NAME…] [MAVEN-OPTION…]: the quick tier, the modules and classes named, else the whole suite with its format check.
# Nothing of Maven's output is held back. What only tests need is installed while Maven checks the format. Options go to
# Maven, which then may build only a part or nothing: only a whole run leaves a stamp.
run_tests() {
  local hash differs=
  mkdir -p "$state"
  exec 9>"$state/lock"
  flock 9
  touch "$state/test-started"
  one_compilation
  if [ "${1:-}" = --quick ]; then
    [ $# -eq 1 ] || die "test --quick $2: nothing may follow --quick; a module or a class is tested without it"
    ensure_test_packages
    run_quick
  elif [ $# -gt 0 ] && [[ $1 != -* ]]; then
    prepare_tests "$@"
    run_selected "$@"
  else
    prepare_tests "$@" &
    # The format of every file at once: seconds, where each module's own check would come after all its tests.
    maven format spotless:check "$@" || differs=yes
    wait $! || die "what the tests need is not there"
    [ -z "$differs" ] || die "the format differs; 'mvn spotless:apply' mends it"
    hash=$(source_hash)
    keep_checkers
    # Modules beside each other: the core's simulations compile and run while the host's tests do.
    maven test verify -T 2 -Dspotless.check.skip=true "$@" || { slowest_tests; die "tests failed"; }
    if [ $# -eq 0 ]; then finish_build "$hash"; fi
  fi
  slowest_tests
  exec 9>&-
}

# prepare_tests NAME…: installs and fetches what only those tests need.
prepare_tests() {
  ensure_test_packages
  if needs_clients "$@"; then
    ensure_clients
    make_page || say "went on without the page /try: its tests are skipped"
  fi
}

# needs_clients NAME…: whether the Python libraries of tests or the page /try are used: by the module acceptance, which a whole suite has.
needs_clients() {
  local name
  if [ $# -eq 0 ]; then return 0; fi
  for name in "$@"; do
    case "$name" in
      acceptance | host/acceptance | GatewayClientsIT | BrowserClientIT | HelmChartIT) return 0 ;;
    esac
  done
  return 1
}

# slowest_tests: the ten test classes of this run that took longest.
slowest_tests() {
  local reports
  reports=$(cd "$root" || exit; find host sim fpga -path '*/target/*-reports/TEST-*.xml' -newer "$state/test-started" -exec grep -ho '<testsuite [^>]*>' {} + 2>/dev/null || true)
  [ -n "$reports" ] || return 0
  say "the test classes that took longest, in seconds:"
  sed -nE 's/.* name="([^"]*)".*/\1 &/; s/^([^ ]*) .* time="([0-9.,]*)".*/\2 \1/p' <<<"$reports" | tr -d , | LC_ALL=C sort -rn \
    | awk 'NR <= 10 {printf "%10.1f  %s\n", $1, $2}' >&2
}
