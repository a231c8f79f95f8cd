#!/bin/bash
# kfctl lint: what it finds in files, folders and apps, and the forms it says it in.
. "$(dirname "$0")/lib.sh"

mkdir -p code/.hidden lib
printf "{ port:: 80 }\n" >lib/net.libsonnet
printf "local net = import 'net.libsonnet';\n{ a: net.prot }\n" >code/a.jsonnet
printf "local unused = 1;\n{ b: '%%, 1' == 1 }\n" >code/b.libsonnet
printf "local unused = 1; 2\n" >code/.hidden/c.jsonnet

unchanged 1 lint code -J lib
out_is "code/a.jsonnet:2:10: this object has no field 'prot' [unknown-field]
{ a: net.prot }
         ^~~~
hint: did you mean 'port'?
code/b.libsonnet:1:7: nothing uses 'unused' [unused-local]
local unused = 1;
      ^~~~~~
hint: remove it, or begin its name with _ if it is to stay
code/b.libsonnet:2:13: a string never equals a number [constant-comparison]
{ b: '%, 1' == 1 }
            ^~"
err_is '3 findings in 2 files'
run 0 lint code/a.jsonnet   # without -J the library may be anything
err_is '0 findings in 1 file'
run 0 lint code --disable unused-local --disable constant-comparison
run 1 lint code -J lib --disable unused-local -o json
[[ $(jq -c '[.findings[] | [.path, .line, .column, .rule, .hint]]' <<<"$out") == \
  '[["code/a.jsonnet",2,10,"unknown-field","did you mean '"'port'"'?"],["code/b.libsonnet",2,13,"constant-comparison",null]]' ]] || fail json
run 1 lint code -J lib -o github
out_has "::warning file=code/a.jsonnet,line=2,col=10,title=unknown-field::this object has no field 'prot'"
run 1 lint code -J lib -o sarif
[[ $(jq -c '[.version, (.runs[0].results[0] | [.ruleId, .locations[0].physicalLocation.region.startLine])]' <<<"$out") == \
  '["2.1.0",["unknown-field",2]]' ]] || fail sarif

printf "{ a: 1\n" >code/broken.jsonnet
run 1 lint code/broken.jsonnet
out_has 'code/broken.jsonnet:2:1: '
out_has '[syntax]'

run 2 lint nope.jsonnet
run 2 lint code --disable unused
err_has "there is no rule 'unused'"
run 2 lint code -o xml
run 2 lint
err_has 'app.yaml'

# What ships with kfctl, what kfctl writes, and an app that uses it, have no findings.
run 0 lint "$root/registry" "$root/templates/lib"
make_app
run 0 generate jupyter notebooks
run 0 lint
printf "local webapp = import 'kubeflow/webapp/webapp.libsonnet';\nwebapp.nwe({}, {})\n" >components/slip.jsonnet
run 1 lint
out_has "components/slip.jsonnet:2:8: this object has no field 'nwe' [unknown-field]"
out_has "hint: did you mean 'new'?"
mkdir -p vendor/x && echo 'local a = 1; 2' >vendor/x/a.jsonnet
rm components/slip.jsonnet
(cd components && "$KFCTL" lint) || fail 'lint in a folder of the app'

# The manual has every rule.
run 2 lint --disable no-such-rule-at-all
rules=${err#*the rules are }
for rule in ${rules//,/ }; do
  grep -q "$rule" "$root/man/notes/kfctl-lint.roff" || fail "the manual lacks $rule"
done
