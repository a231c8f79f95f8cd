#!/usr/bin/env bash
# kfctl plan and apply --plan where the environment goes to a directory, and every way in which a
# plan is refused; history and rollback of a directory, which are git's.
. "$(dirname "$0")/lib.sh"
make_app

# A plan shows what apply would do, is its owner's alone, and is done exactly.
unchanged 0 plan
out_is '+ Deployment/web
+ Service/web'
run 0 plan -o first.plan
err_has "'default', directory manifests/default: 2 to create"
err_has 'saved in first.plan: kfctl apply --plan first.plan'
[[ $(stat -c %a first.plan) == 600 ]] || fail "mode $(stat -c %a first.plan)"
[[ $(jq -r '.results[].action' first.plan | sort -u) == created ]] || fail 'other steps'
unchanged 0 apply --plan first.plan --dry-run
run 0 apply --plan first.plan
out_is 'Deployment/web created
Service/web created'
run 0 plan --format json
[[ $(jq -r '.results[].action' <<<"$out" | sort -u) == unchanged ]] || fail 'other steps'

# Applied already: the destination has moved.
unchanged 4 apply --plan first.plan
err_has 'the destination is not as it was when the plan was made'
err_has 'Deployment.apps/web in namespace default has been created'
err_has "make a new plan with 'kfctl plan'"

# The app moves.
run 0 plan -o second.plan
run 0 param set web replicas 3
unchanged 3 apply --plan second.plan
err_has 'the app no longer renders what was planned'
err_has 'Deployment.apps/web in namespace default is rendered otherwise: spec.replicas'
err_lacks Service/web
run 0 plan -o second.plan
out_is '~ Deployment/web
    spec.replicas: 2 -> 3'

# Somebody else's change of a file.
sed -i 's/replicas: 2/replicas: 7/' manifests/default/default/deployment-web.yaml
unchanged 4 apply --plan second.plan
err_has 'Deployment.apps/web in namespace default has been changed'
sed -i 's/replicas: 7/replicas: 2/' manifests/default/default/deployment-web.yaml
run 0 apply --plan second.plan
file_has manifests/default/default/deployment-web.yaml 'replicas: 3'

# Pruning is part of a plan, and so is what would be pruned.
run 0 generate configMap conf
run 0 apply
run 0 component rm conf
run 0 plan --prune -o prune.plan
out_is '- ConfigMap/conf'
run 0 apply --plan prune.plan
out_has 'ConfigMap/conf pruned'
missing manifests/default/default/configmap-conf.yaml

# One component.
run 0 plan -c web -o web.plan
run 0 apply --plan web.plan

# No value of a Secret is in a plan, yet one that changes is noticed.
cat >components/key.yaml <<'YAML'
apiVersion: v1
kind: Secret
metadata: {name: key}
data: {password: aHVudGVyMg==}
YAML
run 0 plan -o secret.plan
! grep -q 'aHVudGVyMg\|hunter2' secret.plan || fail 'the plan has a secret'
sed -i 's/aHVudGVyMg==/aHVudGVyMw==/' components/key.*
unchanged 3 apply --plan secret.plan
err_has 'Secret/key in namespace default is rendered otherwise: data.password'

# Bad files and contradictions.
unchanged 4 apply --plan nope.plan
err_has nope.plan
head -c 300 second.plan >cut.plan
unchanged 3 apply --plan cut.plan
err_has 'cut.plan is no plan, or was cut short'
sed 's/"prune": false/"prune": true/' second.plan >edited.plan
unchanged 3 apply --plan edited.plan
err_has 'was changed or damaged after it was written'
echo '{"kind": "Deployment"}' >foreign.plan
unchanged 3 apply --plan foreign.plan
err_has 'foreign.plan: is no plan of kfctl'
for flag in --prune '-c web'; do
  # shellcheck disable=SC2086  # a flag and its value
  unchanged 2 apply --plan second.plan $flag
  err_has 'does what was planned'
done
run 0 env add staging --directory out
unchanged 2 apply staging --plan second.plan
err_has "the plan is one of environment 'default'"
unchanged 2 plan default --max-prune 1
err_has '--max-prune'
unchanged 4 plan default -o /proc/x.plan
run 0 plan default -o here.plan
run 0 env set default --directory elsewhere
unchanged 4 apply --plan here.plan
err_has 'the plan was made for another destination: directory'

# History is git's.
for command in 'history default' 'rollback default' 'diff default --revision 1'; do
  # shellcheck disable=SC2086  # a command and its words
  unchanged 2 $command
  err_has 'goes to a directory, whose history kfctl does not keep'
  err_has 'git log -- '
done
for flag in '--message x' --no-history '--history-max 3'; do
  # shellcheck disable=SC2086  # a flag and its value
  unchanged 2 apply default $flag
  err_has 'goes to a directory'
done
