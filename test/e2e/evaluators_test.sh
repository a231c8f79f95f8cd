#!/bin/bash
# Our engine and libjsonnet render every prototype of the built-in registry to the same bytes.
. "$(dirname "$0")/lib.sh"

# A value for a parameter that must be given, by the end of its name.
value_of() {
  case $1 in
    --*ort) echo 80 ;;
    --*elector) echo '{app:"a"}' ;;
    --data) echo '{a:"b"}' ;;
    --*ath) echo s3://b/m ;;
    *) echo val ;;
  esac
}

run 0 init app
cd app || exit 1
run 0 prototype list
prototypes=$(awk 'NR > 1 { print $1 }' <<<"$out")
components=0
for prototype in $prototypes; do
  name=c$((components += 1))
  args=()
  for _ in 1 2 3 4 5 6 7 8; do
    code=0
    "$KFCTL" generate "$prototype" "$name" "${args[@]}" >/dev/null 2>"$scratch/err" && break
    flag=$(grep -oE -- '--[a-z][A-Za-z_-]*' "$scratch/err" | head -1)
    args+=("$flag" "$(value_of "$flag")")
  done
  run 0 show default -c "$name"
  own=$out
  run 0 show default -c "$name" --evaluator libjsonnet
  [[ $own == "$out" ]] || fail "$prototype differs: ours is $own"
done
((components >= 15)) || fail "only $components prototypes were found"

# The flag and the limit.
run 2 show default --evaluator rhino
err_has 'it takes kfctl, libjsonnet'
echo 'local f(x) = if x == 0 then 0 else 1 + f(x - 1); { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "n" + f(600) } }' >components/deep.jsonnet
run 3 show default -c deep
err_has 'max stack frames exceeded'
run 0 show default -c deep --max-stack 2000
out_has 'name: n600'
run 2 show default --max-stack many
err_has "--max-stack needs a number of calls, not 'many'"
