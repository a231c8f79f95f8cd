#!/usr/bin/env bash
# show, diff, apply and delete where the environment goes to a directory.
. "$(dirname "$0")/lib.sh"
make_app

run 0 show
out_has '---
apiVersion: apps/v1
kind: Deployment'
run 0 show default -o json
[[ $(jq -r .kind <<<"$out") == List ]] || fail 'no list'
[[ $(jq -r '.items[].metadata.namespace' <<<"$out" | sort -u) == default ]] || fail 'namespace'
run 0 show -n team
out_has 'namespace: team'
run 0 generate configMap conf
run 0 show -c conf
out_lacks Deployment
unchanged 2 show -c cnof
err_has "did you mean 'conf'?"
run 0 component rm conf

unchanged 1 diff
out_is '+ Deployment/web
+ Service/web'
err_is "'default', directory manifests/default: 2 to create"
unchanged 0 apply --dry-run
out_has 'Deployment/web created'
err_has 'dry run: nothing was changed'
run 0 apply
out_is 'Deployment/web created
Service/web created'
err_is "'default', directory manifests/default: 2 created"
file_has manifests/default/default/deployment-web.yaml 'kind: Deployment'
unchanged 0 apply
out_is 'Deployment/web unchanged
Service/web unchanged'
err_is "'default', directory manifests/default: nothing changed (2 unchanged)"
unchanged 0 diff
out_is ''

# One parameter is one field, in every form.
run 0 param set web replicas 3
unchanged 1 diff
out_is '~ Deployment/web
    spec.replicas: 2 -> 3'
unchanged 1 diff -o names
out_is '~ Deployment/web'
unchanged 1 diff -o unified
out_has '-  replicas: 2
+  replicas: 3'
unchanged 1 diff -o json
[[ $(jq -c '.objects[].fields' <<<"$out") == '[{"after":3,"before":2,"path":"spec.replicas"}]' ]] ||
  fail 'odd fields'
"$KFCTL" diff -o unified 2>/dev/null | grep -v '^[-+][-+]' >/dev/null
run 0 apply -o json
[[ $(jq -r '.objects[0].action' <<<"$out") == configured ]] || fail 'odd action'

# What is gone from the app goes with --prune, and with it alone.
run 0 generate webapp other --image caddy
run 0 apply
run 0 component rm other
unchanged 0 diff
err_has 'warning: 2 files are left of what the app no longer has; --prune removes them'
unchanged 1 diff --prune
out_is '- Deployment/other
- Service/other'
unchanged 0 apply
err_has 'warning: 2 files are left'
unchanged 0 apply --prune -c web
out_lacks pruned
run 0 apply --prune
out_has 'Deployment/other pruned'
err_lacks warning
missing manifests/default/default/deployment-other.yaml

# With -c only what those components had goes, and nothing that has moved to another.
maps() {
  local name
  printf '[' && for name; do
    printf '{apiVersion: "v1", kind: "ConfigMap", metadata: {name: "%s"}},' "$name"
  done && printf ']\n'
}
maps one two gone >components/first.jsonnet
maps three left >components/second.jsonnet
run 0 apply
maps one >components/first.jsonnet
maps three two >components/second.jsonnet
unchanged 1 diff --prune -c first
out_is '- ConfigMap/gone'
run 0 apply --prune -c first
out_is 'ConfigMap/gone pruned
ConfigMap/one unchanged'
run 0 apply --prune
out_has 'ConfigMap/left pruned'
run 0 component rm first
run 0 component rm second
run 0 apply --prune

# Files that are not ours stay.
echo 'mine: true' >manifests/default/mine.yaml
run 2 delete
err_has 'nothing was deleted'
unchanged 0 delete --dry-run
out_has 'Deployment/web deleted'
in_terminal() {  # CODE ANSWER ARGS...: as run, in a terminal
  local want=$1 answer=$2
  shift 2
  last_args=("$@")
  code=0
  printf '%b' "$answer" | script -qec "'$KFCTL' $*" /dev/null >"$scratch/out" 2>&1 || code=$?
  out=$(<"$scratch/out")
  [[ $code == "$want" ]] || fail "exit code $code, not $want"
}
before=$(tree_hash)
in_terminal 1 'n\n' delete
out_has "Delete the 2 objects of environment 'default' from directory manifests/default? [y/N]"
out_has 'Nothing was deleted.'
in_terminal 1 '\n' delete
[[ $before == "$(tree_hash)" ]] || fail 'deleted without a yes'
in_terminal 0 'yes\n' delete --color never
out_has 'Deployment/web deleted'
missing manifests/default/default/deployment-web.yaml
run 0 apply
run 0 -v delete --yes
err_has "environment 'default': 2 objects for directory manifests/default"
file_is manifests/default/mine.yaml 'mine: true'
missing manifests/default/default/deployment-web.yaml
unchanged 0 delete --yes

# Another directory, a flag that makes no sense, a file in the way.
run 0 env set default --directory gitops
run 0 apply
file_has gitops/default/service-web.yaml 'kind: Service'
unchanged 2 apply --context kind
err_has 'goes to a directory'
run 0 env set default --directory app.yaml
unchanged 4 apply
err_has app.yaml

# Variables of jsonnet reach the components; commas and brackets are theirs.
run 0 env set default --directory manifests
cat >components/vars.jsonnet <<'END'
{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'vars' },
  data: { a: std.extVar('a'), b: std.toString(std.extVar('b')), c: std.extVar('c'), d: std.extVar('D') } }
END
echo -n from-file >../text
D=environment run 0 show -c vars -V 'a=1,2' --ext-code 'b=[1,2]' --ext-str-file c=../text -V D -o json
[[ $(jq -c '.items[0].data' <<<"$out") == '{"a":"1,2","b":"[1, 2]","c":"from-file","d":"environment"}' ]] ||
  fail 'odd variables'
unchanged 2 show -V =x
unchanged 2 show -V NO_SUCH_VARIABLE
unchanged 2 show --ext-code b
unchanged 4 show --ext-str-file c=../none
