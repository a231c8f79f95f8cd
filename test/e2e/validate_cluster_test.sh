#!/usr/bin/env bash
# kfctl validate --server-side: the verdict of a real API server beside our own.
. "$(dirname "$0")/lib.sh"

cluster=e2e-validate-$$
test_cluster() { HOME=$outer_home "$root/scripts/test-cluster" "$@" --name "$cluster" >&2; }
leave() { test_cluster down; cd / && rm -rf "$scratch"; }
test_cluster up || exit 1
eval "$(HOME=$outer_home "$root/scripts/test-cluster" env --name "$cluster")"
kubectl() { "$KFCTL_TEST_KUBECTL" "$@"; }

run 0 init shop --context kfctl-test --namespace ml
cd shop || exit 1
run 0 generate webapp web --image nginx
kubectl create namespace ml >/dev/null

run 0 validate --server-side
out_is ''
err_is '2 objects, Kubernetes 1.34: no problems'
[[ -z $(kubectl get -n ml deploy,svc,secret -o name) ]] || fail 'validate made something'

# What only the server knows (a policy of this cluster) stands beside what we know, for objects of
# different ranks of the order of apply: the first refusal does not hide the second.
kubectl apply -f - >/dev/null <<'END'
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: short-names}
spec:
  matchConstraints:
    resourceRules:
    - {apiGroups: ["", apps], apiVersions: ["*"], operations: ["*"], resources: [configmaps, deployments]}
  validations:
  - {expression: "size(object.metadata.name) < 10", message: this name is too long for us}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: short-names}
spec: {policyName: short-names, validationActions: [Deny]}
END
cat >components/long.yaml <<'END'
apiVersion: v1
kind: ConfigMap
metadata: {name: much-too-long-a-name}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: another-name-too-long}
spec:
  selector: {matchLabels: {app: a}}
  template: {metadata: {labels: {app: a}}, spec: {containers: [{name: a, image: a}]}}
END
for attempt in {1..40}; do  # the server takes a moment to compile a new policy
  "$KFCTL" validate --server-side >/dev/null 2>&1 || break
  sleep 0.5
done
run 0 validate
run 3 validate --server-side
out_has 'ConfigMap/much-too-long-a-name'
out_has 'Deployment/another-name-too-long'
out_has 'the server refuses it'
out_has 'this name is too long for us'
err_is '4 objects, Kubernetes 1.34: 2 errors'
run 3 validate --server-side -o json
[[ $(jq -r '.problems[].component' <<<"$out" | sort -u) == long ]] || fail 'no component'

# A cluster that does not answer gives no verdict, and hides nothing of what is known here.
sed -i 's/^metadata: {name: much/dta: {}\n&/' components/long.yaml
run 4 validate --server-side --server https://127.0.0.1:1
out_has "unknown field 'dta'"
err_has '127.0.0.1:1'
