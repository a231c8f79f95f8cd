#!/usr/bin/env bash
# The main job against a real API server, step by step, with kubectl agreeing at each; then the
# ways in which a cluster can refuse or fail.
. "$(dirname "$0")/lib.sh"

cluster=e2e-$$
test_cluster() { HOME=$outer_home "$root/scripts/test-cluster" "$@" --name "$cluster" >&2; }
leave() { test_cluster down; cd / && rm -rf "$scratch"; }
test_cluster up || exit 1
test_cluster proxy up || exit 1
eval "$(HOME=$outer_home "$root/scripts/test-cluster" env --name "$cluster")"
kubectl() { "$KFCTL_TEST_KUBECTL" "$@"; }
live() { kubectl get -n ml deployment/web -o "jsonpath={$1}"; }
versions() { kubectl get -n ml deploy,svc,cm,sa,role,rolebinding,tfjob,pvc,netpol \
  -o jsonpath='{range .items[*]}{.kind}/{.metadata.name} {.metadata.resourceVersion}{"\n"}{end}'; }

run 0 init shop --context kfctl-test --namespace ml
err_has "goes to context kfctl-test, namespace ml"
cd shop || exit 1
run 0 generate jupyter notebooks
run 0 generate tf-job-operator operator --webhook false  # nothing answers a webhook here
run 0 generate tf-job train --image example.com/train:1
run 0 generate webapp web --image nginx

# Nothing is there: everything is an addition, and a rehearsal changes nothing.
run 1 diff
out_has '+ Deployment/web'
run 0 apply --dry-run
! kubectl get namespace ml 2>/dev/null || fail 'a dry run made a namespace'

run 0 apply
out_has 'Namespace/ml created'
out_has 'CustomResourceDefinition/tfjobs.kubeflow.org created'
out_has 'TFJob/train created'
out_has 'Deployment/notebooks-hub created'
err_has "cluster $KFCTL_TEST_SERVER (context kfctl-test), namespace ml: "
[[ $(live .spec.replicas) == 2 ]] || fail 'kubectl sees no deployment'
[[ $(live .metadata.managedFields[0].manager) == kfctl ]] || fail 'not our field manager'
kubectl get -n ml tfjob/train >/dev/null || fail 'kubectl sees no TFJob'

# Again: no change is reported, and none is made.
before=$(versions)
run 0 apply
out_lacks created
out_lacks configured
err_has 'nothing changed'
# A controller may still write a status; what kfctl manages must not have moved.
run 0 diff
out_is ''
sleep 3
before=$(versions)
run 0 apply
[[ $(versions) == "$before" ]] || fail 'an apply that changes nothing made new versions'

# One parameter: exactly that field.
run 0 param set web replicas 3
run 1 diff
out_is '~ Deployment/web
    spec.replicas: 2 -> 3'
run 0 apply
out_has 'Deployment/web configured'
[[ $(grep -c configured <<<"$out") == 1 ]] || fail 'more than one object changed'
[[ $(live .spec.replicas) == 3 ]] || fail 'kubectl sees another number'
run 0 diff

# Somebody else's change is seen, and taken back on request.
kubectl scale -n ml deployment/web --replicas 5 >/dev/null
run 4 apply -c web
err_has '.spec.replicas'
err_has '--force-conflicts'
run 0 apply -c web --force-conflicts
[[ $(live .spec.replicas) == 3 ]] || fail 'the field was not taken over'

# Another namespace for one command; the environment is not named but it is the only one.
run 0 apply -c web -n other -o json
[[ $(jq -r '.objects[] | select(.kind == "Service").namespace' <<<"$out") == other ]] ||
  fail 'odd namespace'
kubectl get -n other service/web >/dev/null || fail 'kubectl sees no service'
run 0 delete -c web -n other --yes

# What left the app goes with --prune, and with it alone.
run 0 component rm train
run 0 diff
run 1 diff --prune
out_is '- TFJob/train'
run 0 apply
kubectl get -n ml tfjob/train >/dev/null || fail 'pruned without --prune'
run 0 apply --prune
out_has 'TFJob/train pruned'
! kubectl get -n ml tfjob/train 2>/dev/null || fail 'not pruned'

# Refused and out of reach: exit 4, the server's own reason, and what to check.
run 2 apply --context kfctl-test-limited
err_has "belongs to context 'kfctl-test'"
run 0 env add limited --context kfctl-test-limited -n ml
run 0 env current --set default
run 4 apply limited
err_has forbidden
err_has kfctl-limited
run 4 diff --kubeconfig "$KFCTL_TEST_KUBECONFIG_WRONG_CA"
err_has certificate
run 0 env add closed --server https://127.0.0.1:1
sed "s#server: .*#server: https://127.0.0.1:1#" "$KUBECONFIG" >"$scratch/closed"
run 4 apply closed --kubeconfig "$scratch/closed"
err_has '127.0.0.1:1'
err_has refused
run 2 apply default --context no-such
err_has 'no-such'
run 2 apply closed
err_has 'https://127.0.0.1:1'
printf 'clusters: [\n' >"$scratch/broken"
run 3 apply default --kubeconfig "$scratch/broken"
err_has "$scratch/broken:"
run 4 apply default --kubeconfig "$scratch/none"

# A server that is busy is asked again, as it says when.
rule() { HOME=$outer_home "$root/scripts/test-cluster" proxy "$@" --name "$cluster"; }
rule rule '{"method":"PATCH","times":2,"status":429,"retry_after":1}' >/dev/null
run 0 apply default --kubeconfig "$KFCTL_TEST_PROXY_KUBECONFIG"
err_lacks 429
rule reset >/dev/null
# One that stays busy is an error in the end.
rule rule '{"path":"/api","status":503}' >/dev/null
run 4 apply default --kubeconfig "$KFCTL_TEST_PROXY_KUBECONFIG" --request-timeout 2s
err_has 503
rule reset >/dev/null

# An interrupt in the middle: 130, and the next apply completes the work.
run 0 param set web replicas 4
rule rule '{"method":"PATCH","latency_ms":3000}' >/dev/null
env --default-signal=INT "$KFCTL" apply default --kubeconfig "$KFCTL_TEST_PROXY_KUBECONFIG" \
  >"$scratch/out" 2>"$scratch/err" </dev/null &
pid=$!
sleep 2
kill -INT $pid
code=0
wait $pid || code=$?
[[ $code == 130 ]] || fail 'an interrupt must be exit 130'
rule reset >/dev/null
run 0 apply default
[[ $(live .spec.replicas) == 4 ]] || fail 'not completed'

run 2 delete default
run 0 delete default --yes --timeout 1m
out_has 'Deployment/web deleted'
[[ -z $(kubectl get -n ml deploy,svc,role,netpol -o name) ]] || fail 'something is left'
run 0 delete default --yes
out_lacks ' deleted'
