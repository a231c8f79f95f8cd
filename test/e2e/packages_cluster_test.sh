#!/usr/bin/env bash
# The packages of the built-in registry against a real API server (scripts/test-cluster): it accepts every object of
# every case, refuses wrong jobs, gives the rights that are meant and no others, and a second apply changes nothing.
# Pods are simulated, so what an image does with its configuration is not tested here.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
cluster=packages-$$
work=$(mktemp -d)
export PYTHONDONTWRITEBYTECODE=1

cleanup() {
  "$root/scripts/test-cluster" down --name "$cluster" || true
  rm -rf "$work"
}
trap cleanup EXIT

fail() {
  printf 'packages_cluster_test: %s\n' "$*" >&2
  exit 1
}

# manifests NAMESPACE: the objects of every case, in $work/NAMESPACE/PROTOTYPE.CASE.json.
manifests() {
  mkdir -p "$work/$1"
  python3 "$root/test/registry/manifests.py" "$work/$1" "$1"
}

# pick FILE PYTHON: a List of the objects `o` of FILE for which the expression is true.
pick() {
  python3 -c '
import json, sys
objects = json.load(open(sys.argv[1]))["items"]
keep = eval("lambda o: " + sys.argv[2])
print(json.dumps({"apiVersion": "v1", "kind": "List", "items": [o for o in objects if keep(o)]}))' "$1" "$2"
}

apply() {
  kubectl apply --server-side --field-manager=kfctl --validate=strict "$@"
}

# refused TEXT JSON-PATCH: the TFJob tf-job-default with the patch is refused, and TEXT is in the reason.
refused() {
  pick "$work/kubeflow/tf-job.default.json" True > "$work/job.json"
  kubectl patch --local -f "$work/job.json" --type=json -p "$2" -o json > "$work/bad.json"
  if apply --dry-run=server -f "$work/bad.json" 2> "$work/err"; then fail "accepted a TFJob with $2"; fi
  grep -qF -- "$1" "$work/err" || fail "refused $2, but says: $(cat "$work/err")"
}

# can YES-OR-NO NAMESPACE:ACCOUNT IN-NAMESPACE VERB...: what the API server says about an account's rights.
can() {
  local want=$1 account=system:serviceaccount:$2 namespace=$3 got
  shift 3
  got=$(kubectl auth can-i --as "$account" -n "$namespace" "$@" || true)
  [[ $got == "$want" ]] || fail "$account in $namespace: can-i $* is '$got', not '$want'"
}

# volume NAME CLASS: something for a claim to bind to; the cluster has no provisioner.
volume() {
  kubectl create -f - << END
apiVersion: v1
kind: PersistentVolume
metadata: {name: $1}
spec:
  accessModes: [ReadWriteOnce]
  capacity: {storage: 1Gi}
  storageClassName: "$2"
  hostPath: {path: /nowhere}
END
}

# versions KIND: name, generation (or resourceVersion) and field managers of what the packages made.
versions() {
  kubectl get "$1" -A -o json | python3 -c '
import json, sys
for o in json.load(sys.stdin)["items"]:
    if o["metadata"].get("labels", {}).get("app.kubernetes.io/instance"):
        managers = {m["manager"] for m in o["metadata"].get("managedFields", []) if "subresource" not in m}
        generation = o["metadata"].get("generation", o["metadata"]["resourceVersion"])
        print(o["kind"], o["metadata"].get("namespace", ""), o["metadata"]["name"], generation, *sorted(managers))'
}

# fill_secret: the init container of the hub jupyter-default, run here with its account and its environment.
fill_secret() {
  kubectl create token jupyter-default-hub -n kubeflow > "$work/token"
  kubectl config view --raw -o jsonpath='{.clusters[0].cluster.certificate-authority-data}' | base64 -d > "$work/ca.crt"
  local address=${KFCTL_TEST_SERVER#https://}
  KUBERNETES_SERVICE_HOST=${address%:*} KUBERNETES_SERVICE_PORT=${address##*:} POD_NAMESPACE=kubeflow \
    SECRET=jupyter-default-hub SECRET_KEYS='proxy-token password admin-password' ACCOUNT=$work \
    PYTHONPATH=$root/registry/packages/jupyter python3 -c '
import os, fill_secret
fill_secret.ACCOUNT = os.environ["ACCOUNT"]
fill_secret.main()'
}

"$root/scripts/test-cluster" up --name "$cluster"
eval "$("$root/scripts/test-cluster" env --name "$cluster")"
manifests kubeflow
manifests locked

# Namespaces come from the package that makes them; in `locked` only pods of the strictest level may start.
apply -f "$work/kubeflow/core.default.json"
apply -f "$work/locked/core.restricted.json"
kubectl create namespace team-a
volume hub-kubeflow '' && volume hub-locked fast && volume models-kubeflow '' && volume models-locked ''
for namespace in kubeflow locked; do
  kubectl create -f - << END
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: models, namespace: $namespace}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
END
done
pick "$work/kubeflow/tf-job-operator.all-kinds.json" 'o["kind"] == "CustomResourceDefinition"' | apply -f -
kubectl wait --for=condition=Established --timeout=60s \
  crd/{tfjobs,pytorchjobs,xgboostjobs,paddlejobs,jaxjobs}.kubeflow.org

# Every case, except the routes, whose CRDs are Istio's.
for file in "$work"/kubeflow/*.json; do
  pick "$file" 'not o["apiVersion"].startswith("networking.istio.io/")' |
    apply --dry-run=server -f - > "$work/out" 2> "$work/err" || fail "$(basename "$file"): $(cat "$work/err")"
  ! grep -i warning "$work/err" || fail "$(basename "$file"): the API server warns"
done

refused 'replica types are Chief, Evaluator, Master, PS, Worker' \
  '[{"op":"move","from":"/spec/tfReplicaSpecs/Worker","path":"/spec/tfReplicaSpecs/worker"}]'
refused 'supported values: "Always", "OnFailure", "Never", "ExitCode"' \
  '[{"op":"replace","path":"/spec/tfReplicaSpecs/Worker/restartPolicy","value":"Sometimes"}]'
refused 'containers: Required value' '[{"op":"remove","path":"/spec/tfReplicaSpecs/Worker/template/spec/containers"}]'
refused 'cleanPodPolicy' '[{"op":"add","path":"/spec/cleanPodPolicy","value":"All"}]'

# For real, jobs first: with the webhooks there, and no operator behind them, the API server refuses jobs.
defaults=(webapp.default jupyter.default tf-serving.default tf-serving-service.default tf-job.default tf-job-operator.default)
for round in first second; do
  for name in "${defaults[@]}"; do
    [[ $round == second && $name == tf-job.default ]] && continue
    apply -f "$work/kubeflow/$name.json" > "$work/out" 2> "$work/err" || fail "$name: $(cat "$work/err")"
  done
  for name in webapp.config jupyter.jobs tf-serving.gpu tf-serving.http tf-job-operator.second; do
    apply -f "$work/locked/$name.json" > "$work/out" 2> "$work/err" || fail "$name: $(cat "$work/err")"
  done
  if [[ $round == first ]]; then
    # What the hub and the operator do to their own objects must outlive the second apply.
    [[ $(fill_secret) == "filled: proxy-token password admin-password" ]] || fail "the hub could not fill its Secret"
    token=$(kubectl get secret jupyter-default-hub -n kubeflow -o jsonpath='{.data.proxy-token}')
    [[ $(fill_secret) == "filled: nothing" ]] || fail "the hub filled its Secret twice"
    kubectl patch validatingwebhookconfiguration validator.training-operator.kubeflow.org --type=json \
      -p '[{"op":"add","path":"/webhooks/0/clientConfig/caBundle","value":"c2VzYW1l"}]'
    for namespace in kubeflow locked; do
      kubectl wait --for=condition=Available --timeout=60s deployment --all -n "$namespace" ||
        fail "$(kubectl get events -n "$namespace" --field-selector type=Warning)"
    done
    for kind in deployment service configmap secret role clusterrole pvc customresourcedefinition; do
      versions "$kind"
    done > "$work/before"
  fi
done
for kind in deployment service configmap secret role clusterrole pvc customresourcedefinition; do
  versions "$kind"
done > "$work/after"
[[ $(wc -l < "$work/before") -gt 30 ]] || fail "there is too little to compare: $(cat "$work/before")"
diff "$work/before" "$work/after" || fail "the second apply changed something"
[[ $(kubectl get secret jupyter-default-hub -n kubeflow -o jsonpath='{.data.proxy-token}') == "$token" ]] ||
  fail "the second apply changed the hub's Secret"
[[ $(kubectl get validatingwebhookconfiguration validator.training-operator.kubeflow.org \
  -o jsonpath='{.webhooks[0].clientConfig.caBundle}') == c2VzYW1l ]] || fail "the second apply removed the webhook's CA"

# Rights: enough for the job, and no more.
can yes kubeflow:jupyter-default-hub kubeflow create pods
can yes kubeflow:jupyter-default-hub kubeflow patch secrets/jupyter-default-hub
can no kubeflow:jupyter-default-hub kubeflow get secrets/tf-job-operator-default-webhook-cert
can no kubeflow:jupyter-default-hub kubeflow list secrets
can no kubeflow:jupyter-default-notebook kubeflow create tfjobs.kubeflow.org
can yes locked:jupyter-jobs-notebook locked create tfjobs.kubeflow.org
can yes kubeflow:tf-job-operator-default kubeflow update tfjobs.kubeflow.org --subresource=status
can yes kubeflow:tf-job-operator-default team-a create pods
can yes kubeflow:tf-job-operator-default kubeflow update secrets/tf-job-operator-default-webhook-cert
can no kubeflow:tf-job-operator-default kubeflow update secrets/jupyter-default-hub
can no kubeflow:tf-job-operator-default team-a get secrets
can yes locked:tf-job-operator-second locked create pods
can no locked:tf-job-operator-second kubeflow create pods
kubectl create rolebinding ada --clusterrole=kubeflow-edit --user=ada -n kubeflow
[[ $(kubectl auth can-i --as ada create tfjobs.kubeflow.org -n kubeflow) == yes ]] || fail "kubeflow-edit may not create TFJobs"
[[ $(kubectl auth can-i --as ada create tfjobs.kubeflow.org -n team-a || true) == no ]] || fail "kubeflow-edit leaks"

printf 'packages_cluster_test: %d cases accepted\n' "$(find "$work/kubeflow" -name '*.json' | wc -l)"
