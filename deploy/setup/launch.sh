# Starts Java. 'serve' replaces this shell by the appliance, whose class path has no secret-key code.
# shellcheck shell=bash

launch() {
  if [ "${1:-}" = serve ] && [[ " $* " != *" --help "* ]] && [[ " $* " != *" -h "* ]]; then
    shift
    CLASSPATH=$(<"$state/server.classpath") exec "$java" @"$root/deploy/setup/server.jvm" \
      -Dcipherstream.root="$root" io.cipherstream.server.ServerMain "$@"
  fi
  local archive=()
  if [ -f "$state/client.jsa" ]; then archive=(-XX:SharedArchiveFile="$state/client.jsa"); fi
  CLASSPATH=$(<"$state/client.classpath") exec "$java" "${archive[@]}" @"$root/deploy/setup/client.jvm" \
    -Dcipherstream.root="$root" -Dcipherstream.server.classpath="$state/server.classpath" io.cipherstream.cli.Main "$@"
}
