# What trial.sh and capacity.sh have in common: certificates, configurations and states of a trial's nodes.
# shellcheck shell=bash disable=SC2154  # here, folder, nodes, address, link and pid are the scripts'
# nodes: their names; address[NODE]: where clients reach it; link[NODE]: where the other nodes do, as HOST:PORT; pid[NODE].

# options "NAME…" ARGUMENT…: sets the variables of those names to what the options --NAME VALUE say.
options() {
  local known=" --${1// / --} "
  shift
  while [ $# -gt 0 ]; do
    case "$known" in
      *" $1 "*) ;;
      *) echo "${0##*/}: unknown option $1: expected one of$known" >&2; exit 2 ;;
    esac
    [ $# -ge 2 ] || { echo "${0##*/}: option $1 has no value" >&2; exit 2; }
    printf -v "${1#--}" %s "$2"
    shift 2
  done
}

# tools NAME…: ends with 77 if this machine has not all of them.
tools() {
  local tool
  for tool in "$@"; do
    command -v "$tool" >/dev/null || { say "this machine has no '$tool': nothing was tried"; exit 77; }
  done
}

say() { printf '%s %s\n' "$(date +%H:%M:%S)" "$*" >&2; }

# Certificates of the nodes for each other and one that all of them show their clients, an API key, a configuration for each.
make_configurations() {
  local node list=
  "$here/certificates.sh" "$folder/cluster" "${nodes[@]}"
  key=$(openssl rand -hex 16)
  umask 077
  printf '%s\n' "$key" >"$folder/api-key"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=cluster \
    -addext "subjectAltName=$(for node in "${nodes[@]}"; do printf 'IP:%s\n' "${address[$node]%:*}"; done | sort -u | paste -sd,)" \
    -keyout "$folder/tls.key" -out "$folder/tls.pem" 2>/dev/null
  for node in "${nodes[@]}"; do list="$list${list:+, }{name: $node, host: ${link[$node]%:*}, port: ${link[$node]#*:}}"; done
  for node in "${nodes[@]}"; do
    cat >"$folder/$node.yaml" <<YAML
bind: {host: ${listen:-${address[$node]%:*}}, port: ${address[$node]#*:}}
tls: {mode: FILES, certificate: $folder/tls.pem, key: $folder/tls.key}
dataDirectory: $folder/data-$node
modelDirectories: [$(readlink -f -- "$here/../models")]
models: [sst2-sealed]
tenants: [{name: trial, apiKey: $key}]
compute: {threads: 1, warmUp: false, engineResidentBytesMax: 268435456}
limits: {memoryBytesMax: ${memory_bytes:-2500000000}, drainSeconds: 5, sealedAnswersPerTenantPerDayMax: 0, sessionsPerTenantPerMinuteMax: 10000}
cluster:
  node: $node
  nodes: [$list]
  certificate: $folder/cluster/$node.pem
  key: $folder/cluster/$node.key
  authority: $folder/cluster/authority.pem
YAML
  done
}

ask() { # NODE PATH: what it answers; no proxy knows these networks
  curl -sSf --noproxy '*' --max-time 3 --cacert "$folder/tls.pem" -H "Authorization: Bearer $key" "https://${address[$1]}$2"
}
seen() { # NODE: how many nodes it sees, or why it cannot be asked
  local answer
  if answer=$(ask "$1" /v2/health/ready 2>&1) && answer=$(ask "$1" /metrics 2>&1); then
    sed -n 's/^he_cluster_nodes_up \([0-9]*\).*/\1/p' <<<"$answer"
  else
    printf '%s' "$answer"
  fi
}
end_of_logs() { # what the nodes said last
  local node
  for node in "${nodes[@]}"; do
    say "end of $node.log:"
    tail -n 5 "$folder/$node.log" | cut -c 1-1000 >&2
  done
}
whole() { # until every node is ready and sees all of them
  local node answer tries=0
  for node in "${nodes[@]}"; do
    until answer=$(seen "$node") && [ "$answer" = ${#nodes[@]} ]; do
      tries=$((tries + 1))
      kill -0 "${pid[$node]}" 2>/dev/null || { say "node $node has ended"; end_of_logs; exit 1; }
      [ "$tries" -lt 300 ] || { say "node $node does not see all nodes but: $answer"; end_of_logs; exit 1; }
      sleep 0.5
    done
  done
}
