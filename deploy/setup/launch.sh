# Starts Java. 'serve' replaces this shell by the appliance, whose class path has no secret-key code.
# shellcheck shell=bash disable=SC2154  # root, state, java, hexl_options are the launcher's

# OpenCL drivers compile with LLVM, which takes signals for itself that the JVM needs at every safepoint;
# the JDK's library of signal chaining keeps them with the JVM.
chain_signals() {
  local chaining
  chaining=$(dirname -- "$(dirname -- "$(readlink -f -- "$java")")")/lib/libjsig.so
  if [ -f "$chaining" ]; then export LD_PRELOAD=$chaining${LD_PRELOAD:+:$LD_PRELOAD}; fi
}

# client_java CLASSES ARGUMENT…: Java on that class path, with the command line's options.
client_java() {
  local classes=$1
  shift
  CLASSPATH=$(class_path "$classes") "$java" @"$root/deploy/setup/client.jvm" "$@"
}

# engine_named WORD…: whether a word, or what stands behind its '=', is an engine that needs something, or a list with one.
engine_named() {
  local word
  for word in "$@"; do
    case ",${word#*=}," in
      *,sim,* | *,sim:* | *,opencl,* | *,opencl:*) return 0 ;;
    esac
  done
  return 1
}

# What must be there before Java starts, as only Java knows what options and their defaults say: sets the array
# 'simulations', and 'opencl' to yes or no. Java is asked only where a word could name such an engine: not for a
# sentence that holds 'simple'.
launch_needs() {
  local line needs
  simulations=()
  opencl=no
  [ "${1:-}:${2:-}" = bench:cycles ] || engine_named "$@" "${CIPHERSTREAM_COMPUTE_ENGINE:-}" || return 0
  needs=$(client_java client -XX:TieredStopAtLevel=1 io.cipherstream.cli.LaunchNeeds "$@") \
    || die "Java could not say what this command needs before it starts"
  while read -r line; do
    case "$line" in
      simulation\ *) simulations+=("${line#simulation }") ;;
      opencl) opencl=yes ;;
    esac
  done <<<"$needs"
}

# appliance_program CLASS ARGUMENT…: replaces this shell by that program.
appliance_program() {
  local class=$1
  shift
  unset CIPHERSTREAM_KEY_PASSPHRASE # of clients' keys, which no program of the appliance needs
  CLASSPATH=$(class_path server) exec "$java" @"$root/deploy/setup/client.jvm" "io.cipherstream.server.$class" "$@"
}

launch() {
  # Java decodes arguments by the locale; texts are UTF-8 whatever it is.
  export LC_ALL=C.UTF-8
  if [ "${1:-}" = serve ]; then
    shift
    serve "$@"
  fi
  # The appliance's own programs, which know its files.
  case "${1:-}" in
    tenant) appliance_program TenantMain "${@:2}" ;;
    store) appliance_program StoreMain "${@:2}" ;;
  esac
  local archive=() collector=() classes=client
  # An import holds the weights and little else: this collector's heap stays near what is held.
  if [ "${1:-}" = model ]; then collector=(-XX:+UseSerialGC); fi
  # Conversions train: they alone have PyTorch. The archive of classes is of the others' class path.
  if [ "${1:-}" = convert ]; then
    classes=convert
    # Threads that spin while they wait are ten times slower beside other work.
    export OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-PASSIVE}
  elif [ -f "$state/client.jsa" ]; then
    archive=(-XX:SharedArchiveFile="$state/client.jsa")
  fi
  # Not for all commands: shells that they start would be warned about the library.
  if [ "${1:-}" = bench ] || [ "${1:-}" = opencl ] || [ "${opencl:-no}" = yes ]; then chain_signals; fi
  CLASSPATH=$(class_path "$classes") exec "$java" "${archive[@]}" "${collector[@]}" "${hexl_options[@]}" @"$root/deploy/setup/client.jvm" \
    -Dorg.bytedeco.javacpp.cachedir="$(native_folder)" -Dcipherstream.native="$(native_folder)" \
    -Dcipherstream.root="$root" -Dcipherstream.images="$root/target/images" -Dcipherstream.server.classpath="$state/server.classpath" io.cipherstream.cli.Main "$@"
}

# Without a configuration file, data and models are this user's and an API key is made; flags still win.
serve() {
  if [[ " $* " != *" --config"* ]]; then
    export CIPHERSTREAM_DATADIRECTORY=${CIPHERSTREAM_DATADIRECTORY:-$CIPHERSTREAM_HOME/server}
    export CIPHERSTREAM_GENERATEAPIKEY=${CIPHERSTREAM_GENERATEAPIKEY:-true}
    export CIPHERSTREAM_MODELDIRECTORIES=${CIPHERSTREAM_MODELDIRECTORIES:-"[\"$CIPHERSTREAM_HOME/models\", \"$root/deploy/models\"]"}
  fi
  unset CIPHERSTREAM_KEY_PASSPHRASE # of clients' keys, which no appliance needs
  chain_signals
  # Freed memory goes back to the system instead of staying in an arena for each thread.
  export MALLOC_ARENA_MAX=${MALLOC_ARENA_MAX:-2} MALLOC_TRIM_THRESHOLD_=${MALLOC_TRIM_THRESHOLD_:-134217728}
  CLASSPATH=$(class_path server) exec "$java" @"$root/deploy/setup/server.jvm" \
    -Dorg.bytedeco.javacpp.cachedir="$(native_folder)" \
    -Dcipherstream.root="$root" -Dcipherstream.images="$root/target/images" io.cipherstream.server.ServerMain "$@"
}
