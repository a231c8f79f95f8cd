#!/bin/bash
# kfctl fmt: the flags and the bytes of jsonnetfmt, and what it does to files.
. "$(dirname "$0")/lib.sh"

mkdir -p styles
cat >styles/all.jsonnet <<'CODE'
#!/usr/bin/jsonnet
local b = import "b.libsonnet";
local a = import 'a.libsonnet';



# a comment
{"x": 1, 'a-b': ["one",2], y:: [ a['z'], b["q-r"] ], f(x) :: x + { n: if x then "it's" else 'a "quote"' },
    deep: {


        list: [x for x in [1,2]   if x > 1]},
}
CODE

# same ARGS...: what jsonnetfmt prints for them is what we print.
same() {
  jsonnetfmt "$@" >"$scratch/reference" 2>/dev/null || fail "jsonnetfmt $* failed"
  run 0 fmt "$@"
  cmp -s "$scratch/reference" "$scratch/out" || fail "differs from jsonnetfmt: $(cat "$scratch/reference")"
}
file=styles/all.jsonnet
same $file
for style in '-n 4' '--indent 0' '--max-blank-lines 1' '--max-blank-lines 0' '--string-style d' \
  '--string-style l' '--comment-style h' '--comment-style l' --pad-arrays --no-pad-arrays \
  --no-pad-objects --pad-objects --no-pretty-field-names --pretty-field-names --no-sort-imports \
  --sort-imports '-n 3 --string-style d --pad-arrays --no-pad-objects --comment-style h'; do
  # shellcheck disable=SC2086 # each is a list of words
  same $style $file
done
same -e '{a:1}'
while IFS= read -r path; do same "$path"; done < <(find "$root/templates" "$root/registry" -name '*.*sonnet')

echo "[1,'one']" >"$scratch/stdin"
"$KFCTL" fmt - <"$scratch/stdin" >"$scratch/out" || fail 'standard input'
[[ $(<"$scratch/out") == "[1, 'one']" ]] || fail 'standard input'
run 0 fmt -o out.jsonnet $file
out_is ''
jsonnetfmt $file | cmp - out.jsonnet || fail 'the output file differs'
rm out.jsonnet

# --test and --diff write nothing and say no when something would change.
printf '{ a: 1 }\n' >clean.jsonnet
printf '{a:1}' >cut.libsonnet
unchanged 0 fmt --test clean.jsonnet
out_is ''
unchanged 1 fmt --test clean.jsonnet cut.libsonnet $file
out_is $'cut.libsonnet\nstyles/all.jsonnet'
unchanged 1 fmt --diff cut.libsonnet
out_is $'--- cut.libsonnet\n+++ cut.libsonnet\n@@ -1 +1 @@\n-{a:1}\n\\ No newline at end of file\n+{ a: 1 }'
unchanged 0 fmt --diff clean.jsonnet
out_is ''
"$KFCTL" fmt --diff cut.libsonnet $file | patch -s -p0 || fail 'the difference is no patch'
run 0 fmt --test cut.libsonnet $file

# -i: only what changes is written, with its mode, through its link.
printf '{a:1}' >cut.libsonnet
chmod 640 cut.libsonnet
ln -s cut.libsonnet link.libsonnet
touch -d '2020-01-01' clean.jsonnet
run 0 fmt -i clean.jsonnet link.libsonnet
out_is link.libsonnet
[[ $(stat -c %a cut.libsonnet) == 640 && -L link.libsonnet ]] || fail 'mode or link'
[[ $(stat -c %Y clean.jsonnet) == $(date -d 2020-01-01 +%s) ]] || fail 'the clean file was touched'
file_is cut.libsonnet '{ a: 1 }'

# A mistake in one file keeps all of them as they are; every mistake is shown.
printf '{a:1}' >cut.libsonnet
printf '{ a: 1\n  b: 2 }\n' >bad.jsonnet
printf "{ a: 'x }\n" >worse.jsonnet
unchanged 3 fmt -i cut.libsonnet bad.jsonnet worse.jsonnet
err_has $'bad.jsonnet:2:3: expected \',\' or \'}\' after a field, not \'b\'\n  b: 2 }\n  ^'
err_has 'worse.jsonnet:1:6: this string has no closing quote'
err_has 'no file was changed'
unchanged 3 fmt -e '1 +'
err_has '<cmdline>:1:4'
rm bad.jsonnet worse.jsonnet

# Folders, hidden ones left out.
mkdir -p tree/deep tree/.hidden
for name in tree/a.jsonnet tree/deep/b.libsonnet tree/.hidden/c.jsonnet tree/d.json; do echo '{a:1}' >$name; done
run 0 fmt tree
out_is $'tree/a.jsonnet\ntree/deep/b.libsonnet'
file_is tree/.hidden/c.jsonnet '{a:1}'
file_is tree/d.json '{a:1}'
run 0 fmt tree
out_is ''
mkdir empty
run 2 fmt empty
err_has 'there is no *.jsonnet or *.libsonnet below empty'

# Wrong usage.
unchanged 2 fmt clean.jsonnet cut.libsonnet
err_has 'only one file can be printed'
unchanged 2 fmt nope.jsonnet
err_has 'there is no file nope.jsonnet'
unchanged 2 fmt -i --test clean.jsonnet
unchanged 2 fmt --pad-arrays --no-pad-arrays clean.jsonnet
err_has 'contradict'
unchanged 2 fmt -n x clean.jsonnet
err_has "--indent takes a number from 0 to 100, not 'x'"
unchanged 2 fmt -n -1 clean.jsonnet
unchanged 2 fmt -o out -i clean.jsonnet
unchanged 2 fmt -i -
unchanged 2 fmt
err_has 'app.yaml'

# In an app: its own files, from any folder of it.
make_app
mkdir -p vendor/x lib components/sub
for name in vendor/x/a.libsonnet lib/k.libsonnet components/sub/s.libsonnet; do echo '{a:1}' >$name; done
unchanged 1 fmt --test
out_has components/sub/s.libsonnet
out_lacks vendor
out_lacks lib/k
"$KFCTL" show default >"$scratch/before" || fail show
(cd components && "$KFCTL" fmt >/dev/null) || fail 'fmt in a folder of the app'
unchanged 0 fmt --test
file_is vendor/x/a.libsonnet '{a:1}'
"$KFCTL" show default | cmp -s "$scratch/before" - || fail 'fmt changed what the app means'
run 0 param set web replicas 4
run 0 fmt --test

# A row of operators that the formatter walks along without a limit of its own.
{ printf 0; for _ in $(seq 20000); do printf '+1'; done; echo; } >row.jsonnet
run 0 fmt row.jsonnet
