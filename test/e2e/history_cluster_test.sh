#!/usr/bin/env bash
# Revisions on a real API server: what is recorded and what is not, going back, revisions over 1
# MiB, applies that are killed, users who may not keep Secrets; and plans that the cluster outran.
. "$(dirname "$0")/lib.sh"

cluster=history-$$
test_cluster() { HOME=$outer_home "$root/scripts/test-cluster" "$@" --name "$cluster" >&2; }
leave() { test_cluster down; cd / && rm -rf "$scratch"; }
test_cluster up || exit 1
test_cluster proxy up || exit 1
eval "$(HOME=$outer_home "$root/scripts/test-cluster" env --name "$cluster")"
kubectl() { "$KFCTL_TEST_KUBECTL" -n ml "$@"; }
proxy() { HOME=$outer_home "$root/scripts/test-cluster" proxy "$@" --name "$cluster"; }
revisions() { kubectl get secrets -l kfctl.io/revision -o \
  jsonpath='{range .items[*]}{.metadata.labels.kfctl\.io/revision} {.metadata.labels.kfctl\.io/revision-state}{"\n"}{end}' | sort -n; }
secrets() { kubectl get secrets -o name | grep -c kfctl-history; }
versions() { kubectl get secrets,configmaps,deployments -o \
  jsonpath='{range .items[*]}{.kind}/{.metadata.name} {.metadata.resourceVersion}{"\n"}{end}'; }

# A component of some 2.8 MB that gzip makes 2.1 MB of: three parts of a revision.
make_big() {
  local n=0 line
  head -c 2200000 /dev/urandom | base64 -w0 | fold -w 700000 | head -4 | while read -r line; do
    n=$((n + 1))
    printf -- '---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: big-%s}\n' $n
    printf 'data: {x: "%s"}\n' "$line"
  done >components/big.yaml
}

run 0 init shop --context kfctl-test --namespace ml
cd shop || exit 1
run 0 generate webapp web --image nginx
run 0 history
err_has 'nothing has been recorded yet'
run 2 rollback
err_has 'there is no earlier revision'

# An apply is a revision, another that changes nothing is not.
run 0 apply -m 'the first'
err_has ', revision 1'
run 0 apply
err_lacks revision
[[ $(revisions) == '1 deployed' ]] || fail "revisions: $(revisions)"
run 0 history -o json
[[ $(jq -r '.data[0] | "\(.revision) \(.state) \(.message) \(.changes) \(.user)"' <<<"$out") == \
  '1 deployed the first 2 created admin' ]] || fail 'other revision'
[[ $(jq -r '.data[0].kfctl' <<<"$out") == v* ]] || fail 'no version'
run 0 apply --dry-run --force-conflicts
run 0 param set web replicas 3
run 0 apply --dry-run
[[ $(revisions) == '1 deployed' ]] || fail 'a rehearsal was recorded'

run 0 generate configMap conf
run 0 apply
err_has ', revision 2'
run 0 history
out_has 'superseded'
run 0 history --revision 1
out_has 'replicas: 2'
out_lacks 'name: conf'
run 2 history --revision 9
err_has 'there are 1, 2'

# Prune and kubectl see the app's objects only.
run 0 apply --prune
out_lacks pruned
err_lacks revision
kubectl get secret kfctl.shop.default -o name >/dev/null || fail 'no apply set'
[[ $(kubectl get secret kfctl-history.shop.default.r1 -o \
  'jsonpath={.metadata.ownerReferences[0].name}') == kfctl.shop.default ]] || fail 'no owner'

# diff and rollback agree: what came later goes, what was comes back, as a new revision.
run 1 diff --revision 1
out_has '- ConfigMap/conf'
out_has 'spec.replicas: 3 -> 2'
run 0 rollback --dry-run
out_has 'ConfigMap/conf pruned'
run 4 rollback --max-prune 0
err_has 'more than --max-prune 0'
[[ $(revisions | wc -l) == 2 ]] || fail 'a revision of nothing'
run 0 rollback -m 'it broke' --wait
err_has 'going back to revision 1 of '
err_has ', revision 3'
out_has 'ConfigMap/conf pruned'
[[ $(kubectl get deployment web -o 'jsonpath={.spec.replicas}') == 2 ]] || fail 'not back'
run 0 diff --revision 1
run 0 history
out_has 'rollback to 1: it broke'
run 0 rollback --to 2
out_has 'ConfigMap/conf created'
run 0 diff

# A component alone: the revision is still one of the whole.
run 0 param set web replicas 4
run 0 apply -c web
run 0 history --revision 5
out_has 'replicas: 4'
out_has 'name: conf'

# Drift is repaired and recorded; going back goes past it.
kubectl scale deployment/web --replicas 9 >/dev/null
run 0 apply --force-conflicts
err_has ', revision 6'
run 0 rollback
err_has 'going back to revision 4'

# Only so many are kept.
run 0 param set web replicas 5
run 0 apply --history-max 3
[[ $(revisions | cut -d' ' -f1 | tr '\n' ' ') == '6 7 8 ' ]] || fail "kept $(revisions)"
run 0 param set web replicas 6
run 0 apply --no-history
[[ $(revisions | wc -l) == 3 ]] || fail 'a revision although there should be none'
run 2 apply --no-history -m x

# What failed is recorded as failed.
kubectl scale deployment/web --replicas 2 >/dev/null
run 0 param set web replicas 7
run 4 apply
[[ $(revisions | tail -1) == '9 failed' ]] || fail "$(revisions)"
run 0 apply --force-conflicts
[[ $(revisions | tail -1) == '9 deployed' ]] || fail "$(revisions)"

# Over 1 MiB, in parts; a part that is gone is found.
make_big
run 0 apply
err_has ', revision 10'
[[ $(kubectl get secrets -o name | grep -c 'history.shop.default.r10') -ge 3 ]] || fail 'no parts'
run 0 history --revision 10 -o json
[[ $(jq '[.items[] | select(.metadata.name | startswith("big"))] | length' <<<"$out") == 4 ]] ||
  fail 'other objects'
run 0 rollback --to 9
out_has 'pruned'
kubectl delete secret kfctl-history.shop.default.r10.p1 >/dev/null
run 4 rollback --to 10
err_has 'part 2 of '
run 0 component rm big

# Killed between the parts: the revision is pending, and the next apply completes it.
for skip in 0 1 2; do
  make_big
  proxy reset >/dev/null
  proxy rule '{"method":"POST","path":"/secrets$","skip":'$skip',"latency_ms":30000}' >/dev/null
  KUBECONFIG=$KFCTL_TEST_PROXY_KUBECONFIG "$KFCTL" apply >"$scratch/out" 2>"$scratch/err" &
  child=$!
  for ((i = 0; i < 300; i++)); do
    [[ $(proxy count POST '/secrets$') -gt $skip ]] && break
    sleep 0.1
  done
  sleep 0.5
  kill -9 $child
  wait $child 2>/dev/null
  proxy reset >/dev/null
  last=$(revisions | tail -1)
  [[ $skip == 0 || $last == *' pending' ]] || fail "after skip $skip: $last"
  run 0 apply
  [[ $(revisions | tail -1) == *' deployed' ]] || fail "not completed: $(revisions)"
  number=$(revisions | tail -1 | cut -d' ' -f1)
  [[ $skip == 0 || "$number pending" == "$last" ]] || fail 'the pending revision was not taken up'
  run 0 history --revision "$number"
  out_has 'name: big-4'
done
run 0 component rm big
run 0 apply --prune

# A plan that the cluster outran.
run 0 param set web replicas 8
run 0 plan -o web.plan
out_has 'spec.replicas: 7 -> 8'
kubectl annotate deployment/web note=x >/dev/null
before=$(versions)
run 4 apply --plan web.plan
err_has 'Deployment.apps/web in namespace ml has been changed'
[[ $(versions) == "$before" ]] || fail 'something was changed'
run 0 plan -o web.plan
sleep 3  # a controller's status does not make a plan old
run 0 apply --plan web.plan -m planned
out_has 'Deployment/web configured'
run 0 plan --prune -o none.plan
kubectl delete configmap conf >/dev/null
run 4 apply --plan none.plan
err_has 'ConfigMap/conf in namespace ml has been deleted'
run 3 apply --plan none.plan -n other
err_has 'the app no longer renders'
run 0 apply
kubectl annotate deployment/web kfctl-test=1 >/dev/null
kubectl patch deployment/web --field-manager other --type merge -p '{"spec":{"replicas":1}}' >/dev/null
run 4 plan -o conflict.plan
err_has '--force-conflicts'
missing conflict.plan
run 0 plan --force-conflicts -o conflict.plan
run 0 apply --plan conflict.plan

# Who may not keep Secrets applies all the same, and is told once.
kubectl create serviceaccount dev >/dev/null
kubectl create role dev --verb='*' --resource=services,deployments.apps,configmaps >/dev/null
kubectl create rolebinding dev --role dev --serviceaccount ml:dev >/dev/null
run 0 param set web replicas 2
run 0 apply --as system:serviceaccount:ml:dev
[[ $(grep -c 'warning' <<<"$err") == 1 ]] || fail 'not one warning'
err_has 'is not recorded for --prune and history'
kubectl create role keeper --verb=get,create,patch --resource=secrets >/dev/null
kubectl create rolebinding keeper --role keeper --serviceaccount ml:dev >/dev/null
run 0 param set web replicas 3
run 0 apply --as system:serviceaccount:ml:dev
[[ $(grep -c 'warning' <<<"$err") == 1 ]] || fail 'not one warning'
err_has 'no revision is recorded'
run 0 param set web replicas 4
run 0 apply --as system:serviceaccount:ml:dev --no-history
err_lacks warning
run 4 history --as system:serviceaccount:ml:dev

# Values of Secrets are masked.
cat >components/key.yaml <<'YAML'
apiVersion: v1
kind: Secret
metadata: {name: key}
data: {password: aHVudGVyMg==}
YAML
run 0 apply
number=$(revisions | tail -1 | cut -d' ' -f1)
run 0 history --revision "$number"
out_lacks aHVudGVyMg
run 0 history --revision "$number" --show-secrets
out_has aHVudGVyMg
run 2 history --show-secrets

# Deleted with the environment.
run 0 delete --yes
for ((i = 0; i < 100; i++)); do
  [[ $(secrets) == 0 ]] && break
  sleep 0.2
done
[[ $(secrets) == 0 ]] || fail 'revisions are left'
