#!/usr/bin/env bash
# kfctl prototype, generate, component, module and param: from a prototype to parameters.
. "$(dirname "$0")/lib.sh"

run 0 prototype list
out_has 'io.ksonnet.pkg.webapp '
run 0 prototype search NOTEBOOK
out_has 'io.ksonnet.pkg.jupyter'
out_lacks webapp
run 1 prototype search xyzzy
out_is ''
run 0 prototype describe webapp
out_has '--image string'
out_has '--replicas number [2]'
run 0 prototype describe webapp -o json
[[ $(jq -r '.parameters[] | select(.name == "replicas").default' <<<"$out") == 2 ]] || fail 'default'
run 2 prototype describe webap
err_has "did you mean"
run 0 prototype preview webapp web --image nginx
out_has 'params'
run 2 prototype preview webapp web
err_has 'hint: add --image VALUE'

run 0 init shop
cd shop || exit 1
run 0 generate webapp web --image nginx --replicas=3
err_is "Made component 'web' in components/web.jsonnet."
file_has components/params.libsonnet "image: 'nginx'"
file_has components/params.libsonnet 'replicas: 3'
unchanged 2 generate webapp web --image nginx
unchanged 2 generate webap two --image nginx
err_has webapp
unchanged 2 generate webapp two --image nginx --replcias 3
err_has "did you mean 'replicas'?"
unchanged 2 generate webapp two --image nginx --replicas many
err_has replicas
unchanged 2 generate webapp two --image
err_has 'needs a value'
unchanged 2 generate webapp nowhere.two --image nginx
unchanged 2 generate webapp '../two' --image nginx
echo "{ image: 'caddy', replicas: 1 + 1 }" >../values.jsonnet
run 0 prototype use webapp two --values-file ../values.jsonnet
file_has components/params.libsonnet "image: 'caddy'"
echo '{ image: nope }' >../values.jsonnet
unchanged 3 generate webapp three --values-file ../values.jsonnet
err_has '../values.jsonnet:1:10'
unchanged 4 generate webapp three --values-file ../none.jsonnet

run 0 module create db
run 0 generate webapp db.cache --image redis
run 0 module list
out_is 'MODULE  PATH
/       components
db      components/db'
run 0 component list
out_has 'db.cache   db      jsonnet  components/db/cache.jsonnet'
run 0 component list --module / -o json
[[ $(jq -r '.data[].component' <<<"$out") == $'two\nweb' ]] || fail 'odd components'
unchanged 2 module create db

# Parameters: types are kept, an environment wins, a list says what holds.
run 0 param set web replicas 5
run 0 param set web replicas 7 --env default
run 0 param list web
out_has 'web        replicas          5'
run 0 param list web --env default
out_has 'web        replicas          7'
run 0 param list web --env default -o json
[[ $(jq '.data[] | select(.param == "replicas").value' <<<"$out") == 7 ]] || fail 'no number'
run 0 param set web image 1.5 --as-string
run 0 param list web -o json
[[ $(jq '.data[] | select(.param == "image").value' <<<"$out") == '"1.5"' ]] || fail 'no string'
run 0 param set web resources.limits.cpu 500m
run 0 param list web
out_has '"cpu":"500m"'
run 0 env add other
run 1 param diff default other
out_is 'COMPONENT  PARAM     DEFAULT  OTHER
web        replicas  7        5'
run 0 param delete web replicas --env default
run 0 param diff default other
unchanged 2 param delete web replicas --env default
unchanged 2 param set web replicsa 1
err_has "component 'web' has no parameter 'replicsa'"
err_has "did you mean 'replicas'? --new adds a parameter of this name"
run 0 param set web replicsa 1 --new
run 0 param set web replicsa 2
run 0 param set web unheardOf 3
run 0 param delete web replicsa
run 0 param delete web unheardOf
unchanged 2 param set wbe replicas 1
err_has "did you mean 'web'?"
unchanged 2 param set web replicas 1 --env othr
err_has "did you mean 'other'?"
unchanged 2 param set web 'a..b' 1

cp components/web.jsonnet ../web
sed -i '1i local seen = std.trace("looked at", 1);' components/web.jsonnet
sed -i 's/^local params = /assert seen == 1; local params = /' components/web.jsonnet
run 0 show default
err_has 'TRACE: components/web.jsonnet:1 looked at'
cp ../web components/web.jsonnet

run 0 component rm web
missing components/web.jsonnet
run 0 param list
out_lacks 'web  '
unchanged 2 component rm web
