#!/usr/bin/env bash
# kfctl validate: what is right, what is wrong and what cannot be known, without a cluster.
. "$(dirname "$0")/lib.sh"
make_app

unchanged 0 validate
out_is ''
err_is '2 objects, Kubernetes 1.34: no problems'

# A slip in a file of the user's: its place, its reason, the near word, and exit code 3.
cat >components/job.yaml <<'END'
apiVersion: batch/v1
kind: Job
metadata: {name: job}
spec:
  backofLimit: 1
  template:
    spec:
      restartPolicy: Never
      serviceAccountName: trainer
      containers: [{name: a, image: a}]
END
unchanged 3 validate default
out_is "Job/job (component job)
  error: spec.backofLimit: unknown field 'backofLimit'
    at components/job.yaml:5:3
      backofLimit: 1
      ^~~~~~~~~~~
    hint: did you mean 'backoffLimit'?
  warning: spec.template.spec.serviceAccountName: ServiceAccount/trainer is not among the objects
    at components/job.yaml:9:7
          serviceAccountName: trainer
          ^~~~~~~~~~~~~~~~~~
    hint: it has to be on the cluster already"
err_is '3 objects, Kubernetes 1.34: 1 error, 1 warning'
run 3 validate -o json
[[ $(jq -r '.problems[] | "\(.severity) \(.component) \(.kind)/\(.name) \(.path)"' <<<"$out") == \
  'error job Job/job spec.backofLimit
warning job Job/job spec.template.spec.serviceAccountName' ]] || fail 'JSON says something else'
[[ $(jq -r '.problems[0].place' <<<"$out") == components/job.yaml:5:3 ]] || fail 'JSON has no place'
[[ $(jq -c '[.kind, .kubernetes, .objects]' <<<"$out") == '["validation","1.34",3]' ]] || fail head
run 3 validate -o yaml
out_has "message: unknown field 'backofLimit'"
run 0 validate -c web
err_is '2 objects, Kubernetes 1.34: no problems'

# A warning is none with --strict.
sed -i s/backofLimit/backoffLimit/ components/job.yaml
run 0 validate
err_is '3 objects, Kubernetes 1.34: 1 warning'
run 3 validate --strict
out_has 'error: spec.template.spec.serviceAccountName'
run 0 component rm job

# In jsonnet it is the line that gives the value: here of a parameter, by way of a function of kfctl.
run 0 param set web servicePort 700000
unchanged 3 validate
out_has "at components/params.libsonnet:"
out_has 'servicePort: 700000'
run 0 param set web servicePort 80
cat >components/slip.jsonnet <<'END'
local params = std.extVar("__ksonnet/params").components.web;
{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'slip' }, datum: params.image }
END
unchanged 3 validate -c slip
out_has "at components/slip.jsonnet:2:75"
rm components/slip.jsonnet

# What a Secret holds is not shown.
cat >components/key.jsonnet <<'END'
{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'key' }, data: { key: 'not base64, but secret' } }
END
unchanged 3 validate -c key
out_has 'at components/key.jsonnet:1:'
out_lacks 'but secret'
rm components/key.jsonnet

# Versions: of the environment, or the one given.
cat >components/claim.yaml <<'END'
apiVersion: resource.k8s.io/v1
kind: ResourceClaim
metadata: {name: gpu}
spec: {}
END
run 0 validate
run 3 validate --kubernetes-version 1.31
out_has 'does not serve resource.k8s.io/v1 ResourceClaim: it begins with 1.34'
run 2 validate --kubernetes-version latest
err_has "'latest' is no version of Kubernetes"
run 0 component rm claim

# Kinds of a package are known without its definitions in the app; others are not checked.
cat >components/jobs.yaml <<'END'
apiVersion: kubeflow.org/v1
kind: TFJob
metadata: {name: mnist}
spec: {tfReplicaSpec: {}}
---
apiVersion: example.org/v1
kind: Widget
metadata: {name: one}
END
run 3 validate
out_is "TFJob/mnist (component jobs)
  error: spec.tfReplicaSpec: unknown field 'tfReplicaSpec'
    at components/jobs.yaml:4:8
    spec: {tfReplicaSpec: {}}
           ^~~~~~~~~~~~~
    hint: did you mean 'tfReplicaSpecs'?
  error: spec: required field 'tfReplicaSpecs' is missing
    at components/jobs.yaml:4:1
    spec: {tfReplicaSpec: {}}
    ^~~~"
err_is '4 objects, Kubernetes 1.34: 2 errors, 1 not checked (no definition of example.org/v1 Widget)'
run 0 component rm jobs

# Values of Secrets are not shown.
cat >components/secret.yaml <<'END'
apiVersion: v1
kind: Secret
metadata: {name: s}
data: {password: "not base64!"}
stringData: {pin: 4711}
END
run 3 validate -o json
out_lacks 4711
out_lacks 'not base64!'
run 0 component rm secret

# Flags that would do nothing are refused.
run 2 validate --context kind
err_is 'kfctl: error: --context has no meaning without --server-side'
run 2 validate --server-side
err_has 'there is no server to ask'

# Every case of every built-in package: no false alarm. Definitions and namespaces that several cases
# make are taken once.
run 0 component rm web
mkdir ../cases
PYTHONDONTWRITEBYTECODE=1 python3 "$root/test/registry/manifests.py" ../cases kubeflow || fail manifests
jq -s '{apiVersion: "v1", kind: "List",
        items: map(.items[]) | unique_by([.kind, .metadata.namespace, .metadata.name])}' \
  ../cases/*.json >components/cases.json
(($(jq '.items | length' components/cases.json) > 150)) || fail 'too few objects'
for version in 1.29 1.34; do
  run 0 validate --kubernetes-version $version
  out_lacks 'error: '
  err_has "Kubernetes $version: "
done
