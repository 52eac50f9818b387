# Client libraries of other people, unmodified, that the gateway is tested with: a virtual environment with pinned versions.
# shellcheck shell=bash disable=SC2154  # root, state are the launcher's

# ensure_clients: makes the environment, unless the one that is there was made of the same list and its python still runs.
ensure_clients() {
  local list="$root/deploy/setup/clients.txt" folder="$state/clients" hash
  hash=$(sha256sum <"$list")
  if [ -f "$folder/made-of" ] && [ "$(<"$folder/made-of")" = "$hash" ] && "$folder/bin/python" -c '' 2>/dev/null; then return; fi
  say "fetching the gateway's client libraries (once, for its tests); the log is target/setup/clients.log"
  rm -rf "$folder"
  mkdir -p "$state"
  {
    /usr/bin/python3 -m venv "$folder" && "$folder/bin/pip" --disable-pip-version-check install --no-deps --no-compile -r "$list"
  } >"$state/clients.log" 2>&1 || {
    tail -n 5 "$state/clients.log" >&2
    die "the gateway's client libraries could not be fetched; the log is target/setup/clients.log"
  }
  printf '%s' "$hash" >"$folder/made-of"
}
