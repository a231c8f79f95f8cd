#!/usr/bin/env bash
# Readiness, status, logs and events by the installed program, against a real API server; and what
# they say of an environment that is a directory.
. "$(dirname "$0")/lib.sh"

make_app
run 1 status
out_has 'NotFound'
err_has '2 objects: 2 not found'
run 0 apply
run 0 status
out_has 'is as rendered'
run 0 param set web replicas 3
run 1 status -o json
[[ $(jq -r '.healthy, (.objects[] | select(.kind == "Deployment").health)' <<<"$out") == \
  $'false\nInProgress' ]] || fail 'not what differs'
for command in wait logs events 'status --watch' 'apply --wait'; do
  # shellcheck disable=SC2086  # a command and its flag
  run 2 $command
  err_has 'goes to a directory'
done
run 2 wait --for nothing
run 2 wait --timeout soon
run 2 logs --tail many
run 2 logs -f --previous
run 2 apply --wait --dry-run
cd ..

cluster=wait-$$
test_cluster() { HOME=$outer_home "$root/scripts/test-cluster" "$@" --name "$cluster" >&2; }
leave() { test_cluster down; cd / && rm -rf "$scratch"; }
test_cluster up || exit 1
test_cluster proxy up || exit 1
eval "$(HOME=$outer_home "$root/scripts/test-cluster" env --name "$cluster")"
kubectl() { "$KFCTL_TEST_KUBECTL" -n ml "$@"; }
rule() { HOME=$outer_home "$root/scripts/test-cluster" proxy "$@" --name "$cluster" >/dev/null; }

run 0 init live --context kfctl-test --namespace ml
cd live || exit 1
run 0 generate webapp web --image nginx
run 1 status
run 0 apply --wait --timeout 2m
out_has 'Deployment/web created'
out_has 'Deployment/web ready'
run 0 status --all
out_has '  ReplicaSet/web-'
out_has '    Pod/web-'
err_has '2 objects: 2 current'
run 0 wait
run 0 apply --wait -o ndjson
[[ $(jq -rs '.[-1].kind' <<<"$out") == apply ]] || fail 'the last line is not the report'
run 0 events
out_has 'ScalingReplicaSet'
run 0 events -o json
[[ $(jq -r '.data | length' <<<"$out") -gt 0 ]] || fail 'no events as JSON'

rule rule '{"path":"/log$","status":200,"body":"2026-01-01T00:00:00Z hello\n"}'
through=(--kubeconfig "$KFCTL_TEST_PROXY_KUBECONFIG")
run 0 logs "${through[@]}"
out_has '/web | hello'
run 0 logs "${through[@]}" --no-prefix --timestamps
out_has '2026-01-01T00:00:00Z hello'
run 0 logs "${through[@]}" -o ndjson
[[ $(jq -rs '.[0].line' <<<"$out") == hello ]] || fail 'no line as JSON'
run 1 logs "${through[@]}" --container no-such
err_has 'no container has printed anything'
rule reset

run 0 logs --tail 1
out_has '/web | hello from the test cluster'

# Not ready in time: the reason, exit 4, and status agrees.
kubectl patch deployment web --type=merge \
  -p '{"spec":{"template":{"spec":{"nodeSelector":{"no":"where"}}}}}' >/dev/null
run 4 wait --timeout 3s
err_has 'Deployment.apps/web in namespace ml: is not ready after 3 s: '
run 1 status
out_has 'Unschedulable'
kubectl patch deployment web --type=merge \
  -p '{"spec":{"template":{"spec":{"nodeSelector":null}}}}' >/dev/null
run 0 wait

# Interrupted: 130.
for command in 'status --watch' 'events --watch' 'logs -f'; do
  # shellcheck disable=SC2086  # a command and its flag
  env --default-signal=INT "$KFCTL" $command >"$scratch/out" 2>"$scratch/err" </dev/null &
  pid=$!
  sleep 2
  kill -INT $pid
  code=0
  wait $pid || code=$?
  last_args=("$command")
  [[ $code == 130 ]] || fail "exit code $code after an interrupt"
done

run 0 delete --yes --no-wait
run 0 wait --for deleted --timeout 1m
run 1 status
