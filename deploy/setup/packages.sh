# Debian packages: what is missing is installed through apt, with the reason, and nothing else is.
# shellcheck shell=bash disable=SC2154  # state is the launcher's

# One line a package: name, a test that it (or something as good) is there, why it is needed.
required_packages() {
  cat <<'LIST'
openjdk-17-jdk-headless|command -v javac|Java compiler and runtime
maven|command -v mvn|builds the Java modules
cmake|command -v cmake|configures Microsoft SEAL's build
make|command -v make|runs SEAL's build
g++|command -v g++|compiles SEAL and its binding
libmsgsl-dev|[ -f /usr/include/gsl/gsl ]|C++ guidelines support library, used by SEAL
python3-pip|python3 -m pip --version|fetches SEAL's source archive, checked against a pinned SHA-256
LIST
}

# The same for what the appliance runs without: engines on OpenCL devices need a loader and a driver.
opencl_packages() {
  cat <<'LIST'
ocl-icd-libopencl1|compgen -G '/usr/lib*/libOpenCL.so.1' || compgen -G '/usr/lib/*/libOpenCL.so.1'|loads OpenCL drivers
pocl-opencl-icd|compgen -G '/etc/OpenCL/vendors/*.icd'|OpenCL on this machine's processor, unless another driver is there
LIST
}

# The tests compare engines on PoCL, whatever other drivers there are, and need all that simulated cards need (sim.sh).
test_packages() {
  cat <<'LIST'
pocl-opencl-icd|compgen -G '/etc/OpenCL/vendors/pocl*.icd'|OpenCL on this machine's processor, for the tests of the OpenCL engine
libgtest-dev|[ -f /usr/include/gtest/gtest.h ]|tests of the simulated card
clinfo|command -v clinfo|asks the simulated card everything, in its tests
bedtools|command -v bedtools|answers what queries of encrypted intervals are compared with, in their tests
clang-format|command -v clang-format|checks the format of C++ sources
ccache|command -v ccache|compiles what the tests' simulations have in common once
shellcheck|command -v shellcheck|checks shell scripts
iproute2|command -v ip|the networks between a cluster's nodes, in its trial
python3-venv|/usr/bin/python3 -c 'import ensurepip, venv'|an environment for the gateway's client libraries, in its tests
python3-numpy|python3 -c 'import numpy' || /usr/bin/python3 -c 'import numpy'|the Python client (deploy/clients/python), in its test
chromium|command -v chromium|shows the gateway's page, in its test
chromium-driver|command -v chromedriver|drives Chromium in that test
fonts-dejavu-core|compgen -G '/usr/share/fonts/truetype/*/*.ttf'|letters for the page's picture
npm|command -v npm|makes the page /try and the client in JavaScript, for their tests
prometheus|command -v promtool|checks alert rules and dashboard, in their tests; its service is not needed
systemd|command -v systemd-analyze|checks the appliance's unit, in its test
python3-seccomp|/usr/bin/python3 -c 'import seccomp'|restricts the installed service as systemd would, in its test
tcl|command -v tclsh|runs the packaging script of Alveo cards in its test
LIST
  sim_packages
}

# missing_packages LIST: fills the array 'missing' with those of the list that are not there.
missing_packages() {
  local line name test why
  missing=()
  while IFS= read -r line; do
    name=${line%%|*}
    why=${line##*|}
    test=${line#*|}
    test=${test%|*}
    if ! eval "$test" >/dev/null 2>&1; then
      say "missing: $name ($why)"
      missing+=("$name")
    fi
  done < <("$1")
}

# ensure_required: what nothing runs without.
ensure_required() {
  local missing=()
  missing_packages required_packages
  [ ${#missing[@]} -eq 0 ] || install_packages "${missing[@]}"
  [ -n "$java" ] || java=$(command -v java)
}

# ensure_packages: what is required, and OpenCL, without which only one engine is missing.
ensure_packages() {
  local missing=()
  ensure_required
  missing_packages opencl_packages
  [ ${#missing[@]} -eq 0 ] || (install_packages "${missing[@]}") || say "went on without OpenCL: '--engine opencl' will not work"
}

# ensure_test_packages: what tests need besides.
ensure_test_packages() {
  local missing=()
  missing_packages test_packages
  [ ${#missing[@]} -eq 0 ] || install_packages "${missing[@]}"
}

install_packages() {
  local as_root=() package
  command -v apt-get >/dev/null || die "no apt-get here: install these packages by hand, then try again: $*"
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || die "installing packages needs root or sudo: as root run: apt-get install $*"
    as_root=(sudo)
  fi
  say "installing with apt: $*"
  mkdir -p "$state"
  # A registry that answers late or not at all for a moment is asked again; the lists are fetched once.
  if [ -z "${lists_fetched:-}" ]; then
    "${as_root[@]}" apt-get -o Acquire::Retries=5 update -qq >"$state/apt.log" 2>&1 || say "apt-get update failed (see target/setup/apt.log); trying with the lists at hand"
    lists_fetched=yes
  fi
  if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o Acquire::Retries=5 install -y -qq --no-install-recommends "$@" >>"$state/apt.log" 2>&1; then
    tail -n 5 "$state/apt.log" >&2
    for package in "$@"; do
      [ "$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null)" = 'install ok installed' ] || say "could not install: $package"
    done
    die "installing packages failed; the log is target/setup/apt.log"
  fi
}
