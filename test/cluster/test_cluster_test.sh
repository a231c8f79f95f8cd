#!/usr/bin/env bash
# scripts/test-cluster on real programs: start, use, repair, stop, from any folder, beside whatever
# cluster the user has.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

export KFCTL_STATE=$scratch/state
export KUBECONFIG=$scratch/users-own HTTPS_PROXY=http://127.0.0.1:1 no_proxy=
printf 'not a kubeconfig\n' >"$KUBECONFIG"
folder=$KFCTL_STATE/test-cluster/default
cd /

cluster() { "$here/../../scripts/test-cluster" "$@"; }

clean_up() {
  cluster down || true
  rm -rf "$scratch"
}
trap clean_up EXIT

# How many processes name the state folder. The pattern lies in a file, so that grep does not.
printf '%s/\n' "$KFCTL_STATE" >"$scratch/pattern"
processes() { grep -lsf "$scratch/pattern" /proc/[0-9]*/cmdline | wc -l; }

process_of() { cat "$folder/pids/$1"; }

# The addresses on which the cluster's processes listen, as /proc/net/tcp writes them, each once.
listening_addresses() {
  local file socket
  for file in "$folder"/pids/*; do
    for socket in $(readlink "/proc/$(<"$file")"/fd/* | sed -n 's/^socket:\[\(.*\)\]$/\1/p'); do
      awk -v inode="$socket" '$4 == "0A" && $10 == inode {sub(/:.*/, "", $2); print $2}' \
        /proc/net/tcp /proc/net/tcp6
    done
  done | sort -u | tr '\n' ' '
}

# The client variables of `env`, in a subshell, so that each check starts from the user's own.
kubectl() { (eval "$(cluster env)" && unset HTTPS_PROXY && command kubectl "$@"); }

through_proxy() {
  (eval "$(cluster env)" && unset HTTPS_PROXY && export KUBECONFIG=$KFCTL_TEST_PROXY_KUBECONFIG &&
    command kubectl "$@")
}

nodes() { kubectl get nodes --no-headers | awk '{print $1 "=" $2}' | tr '\n' ' '; }

cluster build
check 'status before up is 1' exits 1 cluster status
check 'env before up is 1' exits 1 cluster env
check 'proxy before up is 1' exits 1 cluster proxy up
check 'down before up is 0' cluster down

for seconds in 0.5 1 2; do
  check 'an interrupted up fails' exits 124 timeout -s TERM $seconds "$here/../../scripts/test-cluster" up
  check 'and leaves no process' is "$(processes)" 0
done
cluster up &
check 'up, beside another up' cluster up
wait $!
check 'starts each part once' is "$(processes)" 5
check 'status is 0' cluster status
check 'env puts kubectl on PATH and no more' is "$(ls "$folder/bin")" kubectl
check 'up again starts nothing' \
  bash -c 'before=$(cat "$1"/pids/*); "$2" up && [ "$before" = "$(cat "$1"/pids/*)" ]' - \
  "$folder" "$here/../../scripts/test-cluster"
check 'three nodes are ready' is "$(nodes)" 'cpu-0=Ready cpu-1=Ready gpu-0=Ready '
check 'one of them has GPUs' \
  is "$(kubectl get node gpu-0 -o 'jsonpath={.status.allocatable.nvidia\.com/gpu}')" 8
check 'the server is a 1.34' has "$(kubectl version -o json)" '"gitVersion": "v1.34.'
check 'the folder is for the user alone' is "$(stat -c %a "$folder")" 700

check 'a deployment is created' kubectl create deployment web --image=none --replicas=2
check 'and rolls out' kubectl rollout status deployment/web --timeout=60s
check 'to two of two' \
  is "$(kubectl get deployment web -o 'jsonpath={.status.readyReplicas}')" 2
printf '%s\n' 'apiVersion: batch/v1' 'kind: Job' 'metadata: {name: train}' 'spec:' \
  '  template:' '    spec:' '      restartPolicy: Never' '      containers:' \
  '      - {name: c, image: none, resources: {limits: {nvidia.com/gpu: 4}}}' >"$scratch/job.yaml"
check 'a job with GPUs is created' kubectl apply -f "$scratch/job.yaml"
check 'and completes' kubectl wait --for=condition=complete job/train --timeout=60s
check 'on the node that has them' \
  is "$(kubectl get pods -l job-name=train -o 'jsonpath={.items[0].spec.nodeName}')" gpu-0

limited() { kubectl --context kfctl-test-limited "$@" 2>&1; }
check 'the limited user reads config maps' limited get configmap kube-root-ca.crt
check 'and nothing else' has "$(limited get pods || true)" 'Error from server (Forbidden)'
check 'its own file is the same user' has \
  "$(kubectl --kubeconfig "$folder/kubeconfig.limited" auth whoami)" kfctl-limited
check 'the admin may come with a token' kubectl --context kfctl-test-admin-token get pods
check 'the wrong authority is not trusted' has \
  "$(kubectl --kubeconfig "$folder/kubeconfig.wrong-ca" get pods 2>&1 || true)" 'unknown authority'
check 'the audit log tells who asked' grep -q '"verb":"create","user":{"username":"kfctl-admin"' \
  "$folder/audit.log"
check 'a proxy comes up' cluster proxy up
check 'and again' cluster proxy up
check 'it carries requests' through_proxy get configmaps
check 'as the same user' has "$(through_proxy auth whoami)" kfctl-admin
check 'and tokens' has \
  "$(through_proxy --context kfctl-test-limited auth whoami)" kfctl-limited
check 'all listen on 127.0.0.1 only' is "$(listening_addresses)" '0100007F '
cluster proxy reset
through_proxy get configmaps >/dev/null
check 'it counts' is "$(cluster proxy count GET '/configmaps$')" 1
cluster proxy rule '{"path":"/configmaps$","times":1,"status":429,"retry_after":1}' >/dev/null
check 'kubectl survives an injected 429' through_proxy get configmaps
check 'having asked twice more' is "$(cluster proxy count GET '/configmaps$')" 3
check 'and been told once' is "$(cluster proxy log | grep -c '"status":429')" 1
cluster proxy refuse
check 'it refuses connections' has "$(through_proxy get configmaps 2>&1 || true)" refused
cluster proxy reset
check 'and accepts them again' through_proxy get configmaps
check 'a second proxy stands beside it' cluster proxy up --proxy other
check 'and has counts of its own' is "$(cluster proxy count GET / --proxy other)" 0
check 'a bad rule is refused' exits 1 cluster proxy rule '{"sttus":500}'
check 'proxy down' cluster proxy down
check 'a proxy that is down cannot be steered' exits 1 cluster proxy counts

check 'the API server is killed' cluster server kill
check 'and nobody answers' has "$(kubectl get pods 2>&1 || true)" refused
check 'it comes back' cluster server start
check 'with what it held' kubectl get deployment web
check 'starting it again does nothing' cluster server start

# What is recorded is not enough: the process must be the cluster's.
sleep 300 &
bystander=$!
kill -KILL "$(process_of kwok)"
printf '%s\n' "$bystander" >"$folder/pids/kwok"
check 'status notices a lost part' exits 1 cluster status
check 'up repairs it' cluster up
check 'and kills nobody else' kill -0 "$bystander"
kill "$bystander"

check 'a second cluster stands beside the first' cluster up --name second
check 'with objects of its own' \
  is "$( (eval "$(cluster env --name second)" && unset HTTPS_PROXY &&
    command kubectl get deployments 2>&1))" 'No resources found in default namespace.'
check 'down stops only the named one' cluster down --name second
check 'the first is still up' cluster status

check 'down' cluster down
check 'leaves no process' is "$(processes)" 0
check 'and no data' exits 1 test -e "$folder"
check 'the user'\''s own kubeconfig is as it was' is "$(<"$KUBECONFIG")" 'not a kubeconfig'

check 'an unknown command is 2' exits 2 cluster start
check 'an unknown flag is 2' exits 2 cluster up --fast
check 'a name is no path' exits 2 cluster up --name ../x
check 'an argument too many is 2' exits 2 cluster up now
mkdir -p "$folder" && touch "$folder/thesis.txt"
check 'a folder that is no cluster is not removed' exits 1 cluster down
check 'and keeps what it holds' test -e "$folder/thesis.txt"
rm -r "$folder"

exit "$failures"
