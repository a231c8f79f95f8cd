#!/bin/bash
# kfctl jsonnet: the flags of the jsonnet command, and the bytes that it prints.
. "$(dirname "$0")/lib.sh"

mkdir -p lib
echo '{ x:: 1, y: self.x + 0.3, list: [], e: {}, s: "é\u0085\n" }' >lib/a.libsonnet
echo '{ a: import "a.libsonnet", t: importstr "lib/t.txt", v: std.extVar("v") }' >main.jsonnet
echo text >lib/t.txt
echo 'function(n, c=2) { "one.json": { n: n }, "sub/two.json": [c, std.native("regexMatch")("a+", n)] }' >multi.jsonnet

# same ARGS...: what the jsonnet command prints for them is what we print.
same() {
  jsonnet "$@" >"$scratch/reference" 2>/dev/null || fail "jsonnet $* failed"
  run 0 jsonnet "$@"
  cmp -s "$scratch/reference" "$scratch/out" || fail "differs from jsonnet: $(cat "$scratch/reference")"
}
same -J lib -V v=1 main.jsonnet
same -J lib --ext-code v='{ b: [1, 2] }' main.jsonnet
same -e '{ a: 1 / 3, b: [1e100, -0, 1e-7], c: null }'
same -S -e '"plain"'
same -y -e '[1, { a: 2 }]'
same -y -e '[]'
same -y -S -e '["a", "b"]'
same -A x=1 --tla-code y=2 -e 'function(x, y) [x, y]'
v=environment same -J lib --ext-str v main.jsonnet
same -s 5000 -e 'local f(n) = if n == 0 then 0 else 1 + f(n - 1); f(900)'

run 0 jsonnet -m out -c -A n=aa multi.jsonnet
out_is $'out/one.json\nout/sub/two.json'
file_is out/one.json $'{\n   "n": "aa"\n}'
file_is out/sub/two.json $'[\n   2,\n   true\n]'
unchanged 0 jsonnet -m out -A n=aa multi.jsonnet
run 4 jsonnet -m nowhere -A n=aa multi.jsonnet
err_has 'there is no directory nowhere'
run 3 jsonnet -m out -e '{ "../x": 1 }'
err_has "leaves the directory: '../x'"
run 0 jsonnet -o deep/out.json -c -e '1'
out_is ''
file_is deep/out.json 1

run 3 jsonnet -e '{ a: { b: error "no" } }'
err_is $'<cmdline>:1:11: no\n{ a: { b: error "no" } }\n          ^~~~~\nin <cmdline>:1:11: field <b>\nneeded for a.b of the output'
run 3 jsonnet -S -e '1'
err_has 'the value must be a string, not a number'
run 3 jsonnet main.jsonnet
err_has 'main.jsonnet:1:6: couldn'"'"'t open import "a.libsonnet": there is no a.libsonnet'
run 0 jsonnet -e 'std.trace("seen", 1)'
err_has 'TRACE: <cmdline>:1 seen'
run 4 jsonnet nope.jsonnet
err_has 'nope.jsonnet'
