#!/usr/bin/env bash
# What an app of a stranger may not do: write, move or remove outside of its folder, unless the person
# at this machine named the directory. Links are no way around.
. "$(dirname "$0")/lib.sh"
make_app
allowed=$HOME/.config/kfctl/directories.json

# An app whose app.yaml says so, as a stranger's could.
sed -i 's#directory: manifests/default#directory: ../gitops#' app.yaml
for command in apply diff 'delete --yes'; do
  # shellcheck disable=SC2086
  unchanged 2 $command
  err_has "goes to $(cd .. && pwd -P)/gitops, outside of the app"
  err_has 'kfctl env set default --directory ../gitops'
done
missing ../gitops

# Named once, it is used; not by another app, and not from another place.
run 0 env set default --directory ../gitops
file_has "$allowed" "$(cd .. && pwd -P)/gitops"
run 0 apply
file_has ../gitops/default/service-web.yaml 'kind: Service'
before=$(<"$allowed")
run 0 env set default --directory ../gitops
file_is "$allowed" "$before"
cp -r . ../copy
run 2 --dir ../copy apply
run 2 env set default --directory ../gitops --name 'a b'
run 0 --dir . apply

# So it is with the other ways to name one; an error leaves no permission behind.
run 0 env add far --directory "$scratch/far"
run 0 apply far
file_has "$scratch/far/default/service-web.yaml" 'kind: Service'
unchanged 2 env add far --directory "$scratch/further"
[[ $(<"$allowed") != *further* ]] || fail 'an error left a permission'
run 0 init ../other --directory ../tree
run 0 --dir ../other apply
missing ../other/manifests

# A link in the app that leads out of it is no way around.
run 0 env set default --directory manifests
ln -s "$scratch/elsewhere" manifests
mkdir "$scratch/elsewhere"
unchanged 2 apply default
err_has "$scratch/elsewhere, outside of the app"
run 0 env set default --directory manifests
run 0 apply default
file_has "$scratch/elsewhere/default/service-web.yaml" 'kind: Service'

# Links in a circle; a record that is damaged; nowhere to keep it.
ln -s loop loop
unchanged 4 env set default --directory loop/x
echo '[' >"$allowed"
unchanged 3 env set default --directory ../gitops2
err_has directories.json:2:1
HOME='' unchanged 2 env set default --directory ../gitops2
err_has 'set HOME or XDG_CONFIG_HOME'
XDG_CONFIG_HOME=$scratch/config run 0 env set default --directory ../gitops2
file_has "$scratch/config/kfctl/directories.json" gitops2

# Nothing else of an app reaches out of it: not the folder that an environment names, not links.
cd .. || exit 1
run 0 init stranger
cd stranger || exit 1
echo precious >../precious
mkdir ../victim
echo precious >../victim/main.jsonnet
sed -i 's#    path: default#    path: ../../victim#' app.yaml
unchanged 3 env rm default
err_has "app.yaml:3:3"
err_has "'../../victim' is no folder of environments/"
sed -i 's#    path: ../../victim#    path: default#' app.yaml
rm -r environments/default
ln -s ../../victim environments/default
unchanged 3 env rm default
err_has "to $(cd .. && pwd -P)/victim: it is left as it is"
file_is ../victim/main.jsonnet precious
rm -r components
ln -s ../victim components
echo '{ global: {}, components: {} }' >../victim/params.libsonnet
unchanged 3 generate webapp web --image nginx
unchanged 3 module create db
[[ $(ls ../victim) == $'main.jsonnet\nparams.libsonnet' ]] || fail 'a file came out of the app'
