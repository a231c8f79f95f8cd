#!/usr/bin/env bash
# Files of the project that are wrong: exit 3 with the place, and nothing on disk changes.
. "$(dirname "$0")/lib.sh"
make_app

commands=('show' 'diff' 'apply' 'delete --yes')
each() {  # CODE TEXT: every command that renders fails so
  local command
  for command in "${commands[@]}"; do
    # shellcheck disable=SC2086  # words of a command
    unchanged "$1" $command
    err_has "$2"
    out_is ''
  done
}

# Jsonnet: a syntax error, an unknown variable, an error of the user's own, deep recursion.
cp components/web.jsonnet ../web.jsonnet
printf '{\n  a: [1,\n' >components/web.jsonnet
each 3 'components/web.jsonnet:3:1'
printf 'local params = { image: 1 };\n{\n  image: parms.image,\n}\n' >components/web.jsonnet
each 3 "components/web.jsonnet:3:10: "
err_has '  image: parms.image,
         ^'
err_has "did you mean 'params'?"
printf '{\n  a: error "no good",\n}\n' >components/web.jsonnet
each 3 'components/web.jsonnet:2:'
err_has 'no good'
printf 'local f(x) = f(x) + 1; f(1)\n' >components/web.jsonnet
each 3 'components/web.jsonnet:1:'
printf '42\n' >components/web.jsonnet
each 3 'components/web.jsonnet'
printf '{ apiVersion: "v1", metadata: { name: "x" } }\n' >components/web.jsonnet
each 3 'kind'
printf 'import "none.libsonnet"\n' >components/web.jsonnet
each 3 'none.libsonnet'
printf '\xff\xfe' >components/web.jsonnet
each 3 'components/web.jsonnet'
rm components/web.jsonnet

# YAML: a component that is none, and one that would grow without end.
printf 'apiVersion: v1\nkind: [\n' >components/conf.yaml
each 3 'components/conf.yaml:'
{ printf 'a: &a [x,x,x,x,x,x,x,x,x]\n'
  for n in b c d e f g h i; do
    printf '%s: &%s [*%s,*%s,*%s,*%s,*%s,*%s,*%s,*%s,*%s]\n' $n $n $(for _ in 1 2 3 4 5 6 7 8 9; do
      echo "$n" | tr b-i a-h; done)
  done; } >components/conf.yaml
each 3 'components/conf.yaml'
rm components/conf.yaml

# Two files, one object.
cp ../web.jsonnet components/web.jsonnet
sed "s/components.web/components.web/" components/web.jsonnet >components/twin.jsonnet
unchanged 3 show
rm components/twin.jsonnet

# Parameters and app.yaml.
cp components/params.libsonnet ../params
printf '{ components: { web: { image: } } }\n' >components/params.libsonnet
each 3 'components/params.libsonnet:1:'
unchanged 3 param list
unchanged 3 param set web image x
unchanged 3 generate webapp two --image nginx
cp ../params components/params.libsonnet

cp app.yaml ../app.yaml
printf 'apiVersion: 0.3.0\nkind: [\n' >app.yaml
each 3 'app.yaml:'
unchanged 3 env list
unchanged 3 env add prod
unchanged 3 generate webapp two --image nginx
sed 's/0.3.0/9.9.9/' ../app.yaml >app.yaml
each 3 '9.9.9'
sed 's/kind: .*/kind: Pod/' ../app.yaml >app.yaml
each 3 'app.yaml:'
sed 's/environments:/environments: 3\nx:/' ../app.yaml >app.yaml
each 3 'app.yaml:'
cp ../app.yaml app.yaml

# Names that do not exist.
commands=('show nope' 'diff nope' 'apply nope' 'delete nope --yes')
each 2 "unknown environment 'nope'"
unchanged 2 show defualt
err_has "did you mean 'default'?"

# A directory that cannot be written: nothing of a failed apply stays.
printf 'in the way\n' >manifests
unchanged 4 apply
err_has manifests
