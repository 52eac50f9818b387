#!/usr/bin/env bash
# capacity.sh [--seconds N] [--clients N] [--cores "0 1"] [--share PERCENT] [--program FILE] [--folder FOLDER]: how many
# sentences a second one node answers, and two nodes of a cluster, each on a core of its own (--cores: a core, or a list for
# taskset, for each). Clients run on all cores, so on a machine of two what they take is missing at the nodes, whose processor
# seconds are shown, too. With --share each node gets that part of its core at most, by a control group for which
# this needs to be root, so that enough is left for the clients. A run as long as the measured one warms the nodes up, since a cold
# Java compiles for a minute. Fails if an answer was wrong or not checked, if there was none, or if a node ended badly.
# Nothing else should run on the machine.
set -euo pipefail
here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
program=$here/../../cipherstream
seconds=60
clients=4
cores="0 1"
share=100
folder=
# One node has room for the keys of all clients: else it would read them from disk again for each question, and two would not.
memory_bytes=4000000000
. "$here/nodes.sh"
options "seconds clients cores share program folder" "$@"
read -ra of_nodes <<<"$cores"
[ ${#of_nodes[@]} -ge 2 ] || { echo "capacity.sh: --cores $cores: expected two, one for each node" >&2; exit 2; }
tools curl openssl python3 taskset

[ -n "$folder" ] || folder=$(mktemp -d)
mkdir -p "$folder"
folder=$(readlink -f -- "$folder")
base=$folder
declare -A pid address link
end() {
  for each in "${pid[@]}"; do kill -9 "$each" 2>/dev/null || true; done
  for each in "${groups[@]}"; do rmdir "$each" 2>/dev/null || true; done
}
trap end EXIT

groups=()
limit() { # NODE: it gets no more than its share of a core
  local group
  [ "$share" -lt 100 ] || return 0
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    group=/sys/fs/cgroup/cipherstream-capacity-$1
    mkdir -p "$group"
    echo "$((share * 1000)) 100000" >"$group/cpu.max"
  else
    group=/sys/fs/cgroup/cpu/cipherstream-capacity-$1
    mkdir -p "$group"
    echo "$((share * 1000))" >"$group/cpu.cfs_quota_us"
  fi
  groups+=("$group")
  echo "${pid[$1]}" >"$group/cgroup.procs"
}

processor() { # PID…: their processor seconds
  local each ticks=0
  for each in "$@"; do ticks=$((ticks + $(awk '{print $14 + $15}' "/proc/$each/stat"))); done
  awk -v t="$ticks" -v h="$(getconf CLK_TCK)" 'BEGIN {printf "%.1f", t / h}'
}

try() { # COUNT: that many nodes; sets rate to sentences a second
  local count=$1 i node more=() used
  folder=$base/$count
  mkdir -p "$folder"
  nodes=()
  for ((i = 0; i < count; i++)); do
    node=n$i
    nodes+=("$node")
    address[$node]=127.0.0.1:$((18443 + i))
    link[$node]=127.0.0.1:$((17443 + i))
    if [ "$i" -gt 0 ]; then more+=(--also "https://${address[$node]}"); fi
  done
  make_configurations
  for ((i = 0; i < count; i++)); do
    JDK_JAVA_OPTIONS=-Xmx256m taskset -c "${of_nodes[$i]}" "$program" serve --config "$folder/n$i.yaml" >"$folder/n$i.out" 2>"$folder/n$i.log" &
    pid[n$i]=$!
    limit "n$i"
  done
  whole
  say "$count of nodes: warming up"
  for time in "$seconds" "$seconds"; do
    used=$(processor "${pid[@]}")
    CIPHERSTREAM_HOME=$folder/home "$program" load --model sst2-sealed --clients "$clients" --seconds "$time" \
      --url "https://${address[n0]}" "${more[@]}" --certificate "$folder/tls.pem" --api-key-file "$folder/api-key" \
      --json >"$folder/load.json" 2>"$folder/load.log" || { say "the clients failed: $(tail -1 "$folder/load.log")"; exit 1; }
  done
  used=$(awk -v a="$used" -v b="$(processor "${pid[@]}")" 'BEGIN {print b - a}')
  for node in "${nodes[@]}"; do
    kill -TERM "${pid[$node]}"
    wait "${pid[$node]}" || { say "node $node ended with $?"; end_of_logs; exit 1; }
    unset "pid[$node]"
  done
  rate=$(python3 - "$folder/load.json" "$count" "$used" <<'PYTHON'
import json, sys
report = json.load(open(sys.argv[1]))
answered = report["answered"]
rate = answered["count"] / report["seconds"]
print(f"{sys.argv[2]} of nodes: {rate:.2f} sentences a second, median {answered['median']:.2f} s, wrong {report['wrong']}, "
      f"without answer {report['refused']['count']}; the nodes used {sys.argv[3]} s of processor for {answered['count']} answers and the keys", file=sys.stderr)
print(rate)
sys.exit(1 if report["wrong"] or report["unchecked"] or not answered["count"] else 0)
PYTHON
  ) || { say "answers were wrong, not checked, or missing: $folder/load.json"; exit 1; }
}

try 1
one=$rate
try 2
awk -v one="$one" -v two="$rate" 'BEGIN {printf "two nodes answer %.2f times the sentences of one\n", two / one}'
