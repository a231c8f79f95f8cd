#!/usr/bin/env bash
# Several environments in one command, where they go to directories.
. "$(dirname "$0")/lib.sh"
make_app
run 0 env add prod --directory manifests/prod
run 0 env add eu --directory manifests/eu
run 0 param set web replicas 5 --env prod

unchanged 1 diff prod default -o names
out_is 'prod    | + Deployment/web
prod    | + Service/web
default | + Deployment/web
default | + Service/web'
run 0 apply default prod
out_is 'default | Deployment/web created
default | Service/web created
prod    | Deployment/web created
prod    | Service/web created'
err_has "default | 'default', directory manifests/default: 2 created"
err_has "prod    | 'prod', directory manifests/prod: 2 created"
file_has manifests/prod/default/deployment-web.yaml 'replicas: 5'
file_has manifests/default/default/deployment-web.yaml 'replicas: 2'
run 0 diff default prod
run 1 status default eu
out_has 'eu      | '
err_has 'eu      | '

# One list, with the environment and what came of it.
run 1 diff default prod eu -o json
[[ $(jq -c '[.[] | [.environment, .changed, .exitCode]]' <<<"$out") == \
  '[["default",false,0],["prod",false,0],["eu",true,1]]' ]] || fail 'odd list'
run 0 apply default prod -o json
[[ $(jq -r '.[1].objects[0].action' <<<"$out") == unchanged ]] || fail 'odd action'
run 0 validate default prod
err_has 'prod    | '
[[ $("$KFCTL" validate default prod -o json 2>/dev/null | jq length) == 2 ]] || fail 'no list'

# What cannot be worked on keeps the others from being changed, but not from being looked at.
mkdir -p environments/eu
printf 'import "no-such.libsonnet"\n' >environments/eu/main.jsonnet
run 0 param set web replicas 7
unchanged 3 apply default eu prod
err_has 'no-such.libsonnet'
err_has 'Nothing was changed in any of the 3 environments.'
run 3 diff eu default
out_has 'default | ~ Deployment/web'
err_has 'eu      | '
unchanged 2 apply default nope
err_has "unknown environment 'nope'"
unchanged 2 apply prod prod
err_has "'prod' is named twice"
unchanged 2 status default prod --watch
unchanged 2 wait default prod
unchanged 2 delete default prod
err_has '--yes'
run 0 delete default prod --yes
out_has 'prod    | Deployment/web deleted'
missing manifests/prod/default/deployment-web.yaml
