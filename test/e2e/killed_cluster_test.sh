#!/usr/bin/env bash
# kill -9 at random points of applies between two versions of an environment, with pruning, and of
# deletes: at no point is an object of ours unknown to the apply set, or one of somebody else's
# touched; and the same command once more always ends where it would have ended undisturbed.
#
#   KFCTL_TEST_KILLS   how many times; 10 if not given
#   KFCTL_TEST_SEED    of the random points; printed when something is wrong
. "$(dirname "$0")/lib.sh"

kills=${KFCTL_TEST_KILLS:-10}
seed=${KFCTL_TEST_SEED:-$$}
RANDOM=$seed

cluster=killed-$$
test_cluster() { HOME=$outer_home "$root/scripts/test-cluster" "$@" --name "$cluster" >&2; }
leave() { test_cluster down; cd / && rm -rf "$scratch"; }
test_cluster up || exit 1
test_cluster proxy up || exit 1
eval "$(HOME=$outer_home "$root/scripts/test-cluster" env --name "$cluster")"
direct=$KUBECONFIG
export KUBECONFIG=$KFCTL_TEST_PROXY_KUBECONFIG
kubectl() { "$KFCTL_TEST_KUBECTL" --kubeconfig "$direct" "$@"; }

wrong() { fail "kill $n of $kills (seed $seed, $what, after $after ms): $1"; }

# ---- two versions of one environment: maps, secrets and a service that change, and, in one of the
# two only, more of them, kinds (roles, things), and objects in another namespace.

run 0 init shop --context kfctl-test --namespace ml
cd shop || exit 1

cat >"$scratch/shared.libsonnet" <<'END'
function(version) {
  map(name, ns=null):: {
    apiVersion: 'v1', kind: 'ConfigMap', data: { version: version },
    metadata: { name: name } + if ns == null then {} else { namespace: ns },
  },
  list: [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'extra' } },
    {
      apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition',
      metadata: { name: 'things.killed.example.org' },
      spec: {
        group: 'killed.example.org', scope: 'Namespaced',
        names: { kind: 'Thing', plural: 'things', singular: 'thing', listKind: 'ThingList' },
        versions: [{
          name: 'v1', served: true, storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        }],
      },
    },
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'keys' }, stringData: { version: version } },
    {
      apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' },
      spec: { selector: { app: version }, ports: [{ port: 80 }] },
    },
    {
      apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' },
      spec: {
        replicas: 1, selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'web', image: 'web:' + version }] },
        },
      },
    },
  ] + [self.map('shared-' + i) for i in std.range(1, 10)],
}
END
cat >"$scratch/one.jsonnet" <<'END'
local shared = (import 'shared.libsonnet')('one');
shared.list + [shared.map('one-' + i) for i in std.range(1, 5)] + [
  {
    apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'reader' },
    rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }],
  },
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'reader' } },
]
END
cat >"$scratch/two.jsonnet" <<'END'
local shared = (import 'shared.libsonnet')('two');
shared.list + [shared.map('two-' + i, 'extra') for i in std.range(1, 5)] + [
  { apiVersion: 'killed.example.org/v1', kind: 'Thing', metadata: { name: 'thing-' + i }, size: i }
  for i in std.range(1, 3)
]
END
mkdir -p lib
cp "$scratch/shared.libsonnet" lib/
become() { cp "$scratch/$1.jsonnet" components/all.jsonnet; }

# ---- what the cluster holds

kinds=configmap,secret,service,deployment,serviceaccount,role
part_of=applyset.kubernetes.io/part-of

# Each object with our label: its kind, place and name, and the version that it is of.
ours() {
  {
    kubectl get $kinds -A -l $part_of -o json
    kubectl get namespace,crd -l $part_of -o json
    kubectl get things.killed.example.org -A -l $part_of -o json 2>/dev/null || printf '{"items":[]}'
  } | jq -r '.items[] | select(.metadata.name | startswith("copied") | not) |
      "\(.kind).\(.apiVersion | split("/") | if length > 1 then .[0] else "" end)" +
      " \(.metadata.namespace // "")/\(.metadata.name) " +
      "\([.data, .size, .rules, .spec.selector, .spec.template.spec.containers[0]?.image] | tostring)"' |
    sort
}

# Other people's, with all that could have been changed of them.
strangers() {
  kubectl get configmap stranger copied -n ml -o json |
    jq -r '.items[] | "\(.metadata.name) \(.metadata.uid) \(.metadata.resourceVersion)"'
  kubectl get configmap copied-2 -n extra -o jsonpath='{.metadata.uid} {.metadata.resourceVersion}'
}

# Whatever of ours is there, the set's parent says where to look for it.
check_recorded() {
  local kind place rest recorded namespaces
  ours >"$scratch/ours"
  recorded=",$(kubectl get secret kfctl.shop.default -n ml --ignore-not-found \
    -o 'jsonpath={.metadata.annotations.applyset\.kubernetes\.io/contains-group-kinds}'),"
  namespaces=",ml,$(kubectl get secret kfctl.shop.default -n ml --ignore-not-found \
    -o 'jsonpath={.metadata.annotations.applyset\.kubernetes\.io/additional-namespaces}'),"
  while read -r kind place rest; do
    [[ $recorded == *",${kind%.},"* ]] || wrong "$kind $place is not recorded ($recorded)"
    [[ ${place%%/*} == '' || $namespaces == *",${place%%/*},"* ]] ||
      wrong "the namespace of $kind $place is not recorded ($namespaces)"
  done <"$scratch/ours"
}

shared_ids() {
  kubectl get configmap -n ml -o json |
    jq -r '.items[] | select(.metadata.name | startswith("shared-")) | .metadata.name + .metadata.uid'
}

add_copies() {
  local set
  set=$(kubectl get configmap shared-1 -n ml -o "jsonpath={.metadata.labels.applyset\.kubernetes\.io/part-of}")
  kubectl create configmap stranger -n ml >/dev/null
  kubectl create configmap copied -n ml >/dev/null
  kubectl create configmap copied-2 -n extra >/dev/null
  kubectl label configmap copied -n ml "$part_of=$set" >/dev/null
  kubectl label configmap copied-2 -n extra "$part_of=$set" >/dev/null
}

milliseconds() { date +%s%3N; }

# Runs kfctl and ends it after at most $1 ms; says whether it was still there.
killed_after() {  # MS ARGS...
  local pid code=0
  last_args=("${@:2}")
  "$KFCTL" "${@:2}" >"$scratch/out" 2>"$scratch/err" </dev/null &
  pid=$!
  sleep "$(printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)))"
  kill -KILL $pid 2>/dev/null
  wait $pid 2>/dev/null || code=$?
  [[ $code == 137 ]]
}

# ---- what it comes to undisturbed, and how long it takes

n=0 what=none after=0
become one
run 0 apply
add_copies
known=$(strangers)
HOME=$outer_home "$root/scripts/test-cluster" proxy rule '{"latency_ms":5}' --name "$cluster" >/dev/null
declare -A want=() took=()
for what in two one two; do
  become $what
  started=$(milliseconds)
  run 0 apply --prune
  took[$what]=$(($(milliseconds) - started))
  want[$what]=$(ours)
done
[[ ${want[one]} != "${want[two]}" ]] || fail 'the two versions are the same'
[[ $(wc -l <<<"${want[one]}") == 22 ]] || fail "version one has $(wc -l <<<"${want[one]}") objects"
started=$(milliseconds)
run 0 delete --yes
took[delete]=$(($(milliseconds) - started))
want[delete]=$(ours)
[[ ${want[delete]} == 'Namespace. /extra [null,null,null,null,null]' ]] ||
  fail "delete left: ${want[delete]}"
[[ $(strangers) == "$known" ]] || fail 'a stranger was touched'
run 0 apply --prune

# ---- and disturbed

now=two stopped=0
for ((n = 1; n <= kills; n++)); do
  if ((n % 5 == 0)); then what=delete; elif [[ $now == one ]]; then what=two; else what=one; fi
  arguments=(apply --prune)
  if [[ $what == delete ]]; then arguments=(delete --yes); else become $what; fi
  after=$((RANDOM * 32768 + RANDOM))
  after=$((after % (took[$what] + 1)))
  shared=$(shared_ids)
  if killed_after $after "${arguments[@]}"; then stopped=$((stopped + 1)); fi

  check_recorded
  [[ $(strangers) == "$known" ]] || wrong 'a stranger was touched by what was killed'
  [[ $what == delete || $now == delete || $(shared_ids) == "$shared" ]] ||
    wrong 'an object that both versions have was made anew'

  # Half of the deletes are given up for an apply.
  if [[ $what == delete && $((RANDOM % 2)) == 0 ]]; then
    what=one
    become one
    arguments=(apply --prune)
  fi
  run 0 "${arguments[@]}"
  check_recorded
  [[ $(<"$scratch/ours") == "${want[$what]}" ]] ||
    wrong "the cluster is not as it should be: $(diff <(cat "$scratch/ours") <(cat <<<"${want[$what]}"))"
  [[ $(strangers) == "$known" ]] || wrong 'a stranger was touched'
  now=$what
done
printf '%s kills, of which %s were in time, seed %s\n' "$kills" "$stopped" "$seed"
((stopped * 2 >= kills)) || fail "only $stopped of $kills kills were in time"
