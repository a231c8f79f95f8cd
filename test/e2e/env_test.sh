#!/usr/bin/env bash
# kfctl init and kfctl env.
. "$(dirname "$0")/lib.sh"

run 0 init shop
out_is ''
err_is "Made app 'shop' in shop.
Environment 'default' goes to directory manifests/default.
Next: cd shop && kfctl generate webapp web --image nginxinc/nginx-unprivileged"
file_has shop/app.yaml 'name: shop'
file_has shop/environments/base.libsonnet '__ksonnet/components'
unchanged 2 init shop
mkdir here
(cd here && "$KFCTL" init . 2>/dev/null) || fail 'init . failed'
file_has here/app.yaml 'name: here'
run 0 init far --context kind -n ml --env prod
file_has far/app.yaml 'context: kind'
missing far/environments/default
unchanged 2 init both --context a --server https://b
err_has 'one destination'
unchanged 2 init spec --api-spec file:x
err_has 'version:v1.34.0'
touch file
unchanged 4 init file/app
err_has 'file'

cd shop || exit 1
run 0 env add prod --context kind --namespace ml
run 0 env add us-west/dev --server https://10.0.0.1:6443
run 0 env list
out_is 'NAME         KUBERNETES-VERSION  NAMESPACE  SERVER                 CONTEXT  DIRECTORY
default      v1.34.0             default                                    manifests/default
prod         v1.34.0             ml                                kind
us-west/dev  v1.34.0             default    https://10.0.0.1:6443'
run 0 env list -o json
[[ $(jq -r '.kind, .data[1].context' <<<"$out") == $'envList\nkind' ]] || fail 'odd JSON'
run 0 env list -o yaml
out_has 'kind: envList'

run 0 env describe prod
out_has '  context: kind
  namespace: ml'
run 0 env describe prod -o json
[[ $(jq -r .destination.namespace <<<"$out") == ml ]] || fail 'odd JSON'
unchanged 2 env describe
err_has 'which environment? There are default, prod, us-west/dev'

run 0 env current
out_is ''
run 0 env current --set prod
run 0 env current
out_is prod
run 0 env describe
out_has 'name: prod'
unchanged 2 env current --set prd
err_has "did you mean 'prod'?"
run 0 env current --unset
run 0 env current
out_is ''

# A new destination takes the place of the old one.
run 0 env set prod --directory gitops
run 0 env describe prod
out_has 'directory: gitops'
out_lacks 'context'
run 0 env set prod --name live
run 0 env describe live
unchanged 2 env describe prod
unchanged 2 env set live --name default
unchanged 2 env add live
unchanged 2 env add 'a b'
unchanged 2 env rm liv
err_has "did you mean 'live'?"
run 0 env rm us-west/dev
missing environments/us-west

run 0 module create data
run 0 env targets live --module / --module data
file_has app.yaml '    - data'
unchanged 2 env targets live --module dtaa
err_has "did you mean 'data'?"

# The app is found from below it, and with --dir from anywhere.
mkdir -p deep/er
(cd deep/er && "$KFCTL" env list >/dev/null) || fail 'not found from below'
(cd / && "$KFCTL" env list --dir "$scratch/work/shop" >/dev/null) || fail 'not found with --dir'
cd ..
unchanged 2 env list
err_has 'app.yaml'
