#!/usr/bin/env bash
# Several environments of one real cluster in one command: at once, without disturbing each other.
. "$(dirname "$0")/lib.sh"

cluster=several-$$
test_cluster() { HOME=$outer_home "$root/scripts/test-cluster" "$@" --name "$cluster" >&2; }
leave() { test_cluster down; cd / && rm -rf "$scratch"; }
test_cluster up || exit 1
test_cluster proxy up || exit 1
eval "$(HOME=$outer_home "$root/scripts/test-cluster" env --name "$cluster")"
kubectl() { "$KFCTL_TEST_KUBECTL" "$@"; }
rule() { HOME=$outer_home "$root/scripts/test-cluster" proxy "$@" --name "$cluster" >/dev/null; }

run 0 init shop --context kfctl-test --namespace dev
cd shop || exit 1
run 0 env add prod --context kfctl-test --namespace prod
run 0 env add other --context kfctl-test-limited --namespace other
run 0 generate webapp web --image nginx
run 0 generate tf-job-operator operator --webhook false
run 0 param set web replicas 3 --env prod

# Both have the operator's cluster-wide objects: the second follows the first.
run 0 apply default prod
out_has 'default | Deployment/web created'
out_has 'prod    | Deployment/web created'
[[ $(kubectl get -n dev deploy/web -o 'jsonpath={.spec.replicas}') == 2 ]] || fail 'dev'
[[ $(kubectl get -n prod deploy/web -o 'jsonpath={.spec.replicas}') == 3 ]] || fail 'prod'
run 0 component rm operator
run 0 apply default prod
run 0 diff default prod
run 0 wait default prod --timeout 2m
run 0 status default prod
out_has 'prod    | '

# Each prunes what is its own, and at once: they share nothing now.
run 0 generate webapp extra --image caddy
run 0 apply default prod --wait --timeout 2m
run 0 component rm extra
rule rule '{"method":"DELETE","latency_ms":300}'
run 0 apply default prod --prune --kubeconfig "$KFCTL_TEST_PROXY_KUBECONFIG"
out_has 'default | Deployment/extra pruned'
out_has 'prod    | Deployment/extra pruned'
kubectl get -n dev deploy/web >/dev/null || fail 'pruned too much in dev'
kubectl get -n prod deploy/web >/dev/null || fail 'pruned too much in prod'
rule reset

# One that is refused does not stop the others; the events name their environment.
run 0 param set web replicas 4
run 4 apply other default
out_has 'default | Deployment/web configured'
err_has 'other   | '
err_has forbidden
run 4 apply default other -o ndjson
[[ $(jq -r 'select(.event == "object").environment' <<<"$out" | sort -u) == $'default\nother' ]] ||
  fail 'odd environments'
# One that belongs to another cluster stops all: nothing was begun.
run 0 env add far --server https://127.0.0.1:1
run 0 param set web replicas 5
run 2 apply default far
err_has 'https://127.0.0.1:1'
[[ $(kubectl get -n dev deploy/web -o 'jsonpath={.spec.replicas}') == 4 ]] || fail 'was changed'

# An interrupt stops all of them.
rule rule '{"method":"PATCH","latency_ms":5000}'
env --default-signal=INT "$KFCTL" apply default prod --kubeconfig "$KFCTL_TEST_PROXY_KUBECONFIG" \
  >"$scratch/out" 2>"$scratch/err" </dev/null &
pid=$!
sleep 2
kill -INT $pid
code=0
wait $pid || code=$?
[[ $code == 130 ]] || fail "exit code $code after an interrupt"
rule reset
run 0 apply default prod
run 0 delete default prod --yes --timeout 1m
out_has 'prod    | Deployment/web deleted'
