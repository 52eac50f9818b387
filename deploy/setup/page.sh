# The client in JavaScript and the page /try: npm fetches what package-lock.json pins by digest, and esbuild makes the files that
# the server's archive gets. Without npm there is no page, and all else is built.
# shellcheck shell=bash disable=SC2154  # root, state are the launcher's

# fetch_pinned: what package-lock.json names, unless it is there.
fetch_pinned() {
  cmp -s package-lock.json node_modules/fetched && return
  npm ci --ignore-scripts --no-audit --no-fund --prefer-offline --fetch-retries=5 && cp package-lock.json node_modules/fetched
}

# make_page: fails where the page could not be made, and says why.
make_page() {
  local source="$root/deploy/clients/javascript" folder="$state/page" hash
  if ! command -v npm >/dev/null; then
    say "no npm here, which makes the page /try: 'apt-get install npm', then build again"
    return 1
  fi
  hash=$(cd "$source" && find . -name node_modules -prune -o -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum)
  if [ -f "$folder/made-of" ] && [ "$(<"$folder/made-of")" = "$hash" ]; then return; fi
  say "making the page /try; the log is target/setup/page.log"
  mkdir -p "$folder"
  (cd "$folder" && find . -mindepth 1 -maxdepth 1 ! -name node_modules -exec rm -rf {} +)
  (cd "$source" && tar -c --exclude=node_modules .) | tar -x -C "$folder"
  if ! (cd "$folder" && fetch_pinned && node build.js dist) >"$state/page.log" 2>&1; then
    tail -n 5 "$state/page.log" >&2
    say "the page /try could not be made; the log is target/setup/page.log"
    rm -rf "$folder/dist"
    return 1
  fi
  printf '%s' "$hash" >"$folder/made-of"
}
