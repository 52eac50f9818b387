# SEAL with Intel HEXL, the baseline of benchmarks: a second native library beside the class path. Optional.
# shellcheck shell=bash disable=SC2154  # root, state, java are the launcher's

hexl_classes="$state/hexl/classes"

# Packages that only this needs, in the form of required_packages.
hexl_packages() {
  cat <<'LIST'
libcpu-features-dev|[ -d /usr/include/cpu_features ]|processor features, used by HEXL
cargo|command -v cargo|fetches HEXL's source, checked against a pinned SHA-256
LIST
}

# Builds the library, quickly if nothing changed. Sets what 'bench' is to be told, and if it was not
# possible, hexl_missing to the reason.
# shellcheck disable=SC2034
build_hexl() {
  local seal="$root/host/seal" library="$hexl_classes/io/cipherstream/seal/jni/linux-x86_64-hexl" log="$state/hexl.log" home
  home=$(dirname -- "$(dirname -- "$(readlink -f -- "$java")")")
  if ! can_build; then
    if [ -f "$library/libjniSealShim.so" ]; then
      hexl_options=(-Dcipherstream.hexl.classes="$hexl_classes")
    else
      hexl_missing="it has not been built, and $(id -un) cannot write to $root/target"
      hexl_options=(-Dcipherstream.hexl.missing="$hexl_missing")
    fi
    return
  fi
  mkdir -p "$state"
  exec 8>"$state/hexl.lock"
  flock 8
  [ -f "$library/libjniSealShim.so" ] || say "building SEAL with HEXL for the comparison (some 2 minutes, once)"
  if JAVA_HOME="$home" bash "$seal/build-jni.sh" --hexl "$seal/src/main/cpp" "$seal/target/generated-native" \
    "$state/hexl/work" "$library" \
    -DLIMB_PROGRAM_DIR="$root/host/ring/target/generated-sources/limb-program/c" >"$log" 2>&1; then
    hexl_missing=
    sed -n '\|^seal: HEXL \([0-9.]*\) in .*|{s||\1|p;q}' "$log" >"$hexl_classes/hexl.version"
    hexl_options=(-Dcipherstream.hexl.classes="$hexl_classes")
  else
    hexl_missing=$(grep -v '^ *$' "$log" | tail -n 1 | cut -c 1-200)
    hexl_missing="it could not be built (${hexl_missing#seal: }); './cipherstream setup --with-hexl' installs what it needs"
    hexl_options=(-Dcipherstream.hexl.missing="$hexl_missing")
  fi
  exec 8>&-
}
