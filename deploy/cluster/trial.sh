#!/usr/bin/env bash
# trial.sh [--runs N] [--seed S] [--kinds "KIND…"] [--clients N] [--program FILE] [--folder FOLDER]: three nodes of a cluster, each in a network
# namespace of its own, serve clients that compare every answer with plaintext, while in each run one node is killed,
# stopped, cut off from the others, or all are restarted in turn (the kinds kill, stop, cut and restart, one after the
# other). Fails if an answer was wrong, if a request ended neither with an answer nor with a refusal, or if the nodes do
# not find together again. Says how long clients waited. The nodes reach each other on 10.78.0.0/24 and the clients
# reach them on 10.77.0.0/24; both exist in the namespace that this script makes for itself and nowhere else.
set -euo pipefail
here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
program=$here/../../cipherstream
runs=4
seed=$RANDOM
kinds="kill stop cut stop cut kill cut stop cut restart"
clients=2
folder=
. "$here/nodes.sh"
options "runs seed kinds clients program folder" "$@"
read -ra of_runs <<<"$kinds"

if [ -z "${CIPHERSTREAM_TRIAL_INSIDE:-}" ]; then
  tools ip curl openssl python3 unshare
  user=()
  [ "$(id -u)" = 0 ] || user=(-r)
  unshare "${user[@]}" -nm true 2>/dev/null || { say "this machine allows no network namespaces: nothing was tried"; exit 77; }
  CIPHERSTREAM_TRIAL_INSIDE=1 exec unshare "${user[@]}" -nm "${BASH_SOURCE[0]}" "$@"
fi
unset CIPHERSTREAM_TRIAL_INSIDE # which the appliance would take for a setting

RANDOM=$seed
nodes=(a b c)
declare -A pid address link
listen=0.0.0.0 # a node is asked by clients on one network and by nodes on the other
[ -n "$folder" ] || folder=$(mktemp -d)
mkdir -p "$folder"
folder=$(readlink -f -- "$folder")
[ -z "$(ls -A "$folder")" ] || { echo "trial.sh: --folder $folder: expected an empty folder, or one that is not there yet" >&2; exit 2; }
load=
end() {
  for each in "${pid[@]}" $load; do kill -9 "$each" 2>/dev/null || true; done
}
trap end EXIT
say "seed $seed, $runs runs, folder $folder"

# The two networks.
mount -t tmpfs none /run
mkdir -p /run/netns
ip link set lo up
for network in 77 78; do
  ip link add "br$network" type bridge
  ip link set "br$network" up
done
ip addr add 10.77.0.1/24 dev br77
at=11
for node in "${nodes[@]}"; do
  ip netns add "$node"
  ip -n "$node" link set lo up
  for network in 77 78; do
    ip link add "v$network$node" type veth peer name "eth$network" netns "$node"
    ip link set "v$network$node" master "br$network" up
    ip -n "$node" addr add "10.$network.0.$at/24" dev "eth$network"
    ip -n "$node" link set "eth$network" up
  done
  address[$node]=10.77.0.$at:8443
  link[$node]=10.78.0.$at:7443
  at=$((at + 1))
done

make_configurations

start() { # NODE: starts it, without waiting
  JDK_JAVA_OPTIONS=-Xmx256m ip netns exec "$1" "$program" serve --config "$folder/$1.yaml" >>"$folder/$1.out" 2>>"$folder/$1.log" &
  pid[$1]=$!
}
for node in "${nodes[@]}"; do start "$node"; done
whole
say "three nodes are up"

CIPHERSTREAM_HOME=$folder/home "$program" load --model sst2-sealed --clients "$clients" --sessions "$clients" --seconds 86400 --ask-seconds 9 \
  --url "https://${address[a]}" --also "https://${address[b]}" --also "https://${address[c]}" \
  --certificate "$folder/tls.pem" --api-key-file "$folder/api-key" --json >"$folder/load.json" 2>"$folder/load.log" &
load=$!
until grep -q "clients ask" "$folder/load.log" 2>/dev/null; do
  kill -0 "$load" 2>/dev/null || { say "the clients did not start: $(tail -1 "$folder/load.log")"; exit 1; }
  sleep 0.5
done
say "clients ask"
sleep 3

for ((run = 1; run <= runs; run++)); do
  node=${nodes[RANDOM % 3]}
  kind=${of_runs[(run - 1) % ${#of_runs[@]}]}
  say "run $run: $kind $([ "$kind" = restart ] && echo all || echo "$node")"
  case $kind in
    kill)
      kill -9 "${pid[$node]}"
      sleep 1
      start "$node"
      ;;
    stop)
      kill -STOP "${pid[$node]}"
      sleep 7
      kill -CONT "${pid[$node]}"
      ;;
    cut)
      ip link set "v78$node" down
      sleep 7
      ip link set "v78$node" up
      ;;
    restart)
      for each in "${nodes[@]}"; do
        kill -TERM "${pid[$each]}"
        wait "${pid[$each]}" || { say "node $each ended with $?"; exit 1; }
        start "$each"
        whole
      done
      ;;
  esac
  whole
  kill -0 "$load" 2>/dev/null || { say "the clients have ended: $(tail -1 "$folder/load.log")"; exit 1; }
  sleep 2
done

kill -TERM "$load"
wait "$load" || true
load=
python3 - "$folder/load.json" "$runs" <<'PYTHON'
import json, sys
report = json.load(open(sys.argv[1]))
answered, refused = report["answered"], report["refused"]
lost = report["refusals"].get("never-ended", 0)
print(f"runs {sys.argv[2]}, {report['seconds']:.0f} s, answered {answered['count']} (median {answered['median']:.2f} s, longest {answered['max']:.2f} s), "
      f"wrong {report['wrong']}, largest difference {report['differenceMax']:.4f}, without answer {refused['count']} {report['refusals']} "
      f"(longest {refused['max']:.2f} s), lost {lost}")
bad = report["wrong"] or lost or report["unchecked"] or not answered["count"]
sys.exit(1 if bad else 0)
PYTHON
