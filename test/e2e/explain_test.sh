#!/bin/bash
# kfctl explain: the line that gives a value. --profile: what evaluation cost.
. "$(dirname "$0")/lib.sh"

make_app
run 0 param set web replicas 5 --env default
unchanged 0 explain default Deployment/web spec.replicas
out_has $'Deployment/web spec.replicas = 5\nset at environments/default/params.libsonnet:6:17\n      replicas: 5,\n                ^\nby way of\n'
out_has 'components/web.jsonnet:2:16'
out_has $'overrides\n  components/params.libsonnet:23:17  2'
run 0 explain default Deployment/web 'metadata.labels["ksonnet.io/component"]'
out_is $'Deployment/web metadata.labels["ksonnet.io/component"] = web\nadded by kfctl: the component'"'"$'s name'
run 0 explain default Deployment/web
out_has 'PATH'
out_has 'components/params.libsonnet:17:14'
run 0 explain default Deployment/web spec.replicas -o json
[[ $(jq -r '.values[0] | "\(.origin.file):\(.origin.line):\(.origin.column) \(.origin.value) \(.overridden[0].line)"' "$scratch/out") == \
  'environments/default/params.libsonnet:6:17 5 23' ]] || fail 'wrong JSON'

run 2 explain default Deploymnt/web
err_has "did you mean 'Deployment/web'?"
run 2 explain default web
err_has "'web' may mean default/Service/web or default/Deployment/web"
run 2 explain default Deployment/web spec.replcas
err_has $'there is no spec.replcas: spec has no field \'replcas\'\nhint: did you mean \'replicas\'?'
run 2 explain default Deployment/web 'spec..x'
err_has 'this is not a path: a name is missing'
run 2 explain nope Deployment/web
err_has "unknown environment 'nope'"

# --profile changes nothing of the output.
run 0 show default
plain=$out
run 0 show default --profile flame.svg
out_is "$plain"
err_has 'SELF'
err_has 'wrote flame.svg'
file_has flame.svg '<svg xmlns="http://www.w3.org/2000/svg"'
file_has flame.svg '<title>import components/web.jsonnet'
run 0 show default --profile stacks.folded --profile-by memory
grep -q '^<main>;.*import components/web.jsonnet.* [0-9]*$' stacks.folded || fail 'no folded stacks'
run 0 jsonnet -e 'local f(x) = std.length(x); f("abc")' --profile all.json
out_is 3
[[ $(jq -r '[.frames[] | select(.kind == "function")][0] | "\(.name) \(.place) \(.calls)"' all.json) == \
  'f <cmdline>:1 1' ]] || fail 'wrong profile'
run 2 show default --profile x.svg --evaluator libjsonnet
err_has "--profile measures kfctl's own evaluator"
missing x.svg
unchanged 4 jsonnet -e 1 --profile app.yaml/x.svg
err_has app.yaml
