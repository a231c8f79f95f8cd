#!/usr/bin/env bash
# Help, version, unknown words, streams: what every command has in common.
. "$(dirname "$0")/lib.sh"

run 0 --help
out_has 'Usage: kfctl COMMAND'
out_has 'diff          Show what'
err_is ''
run 0 help env add
out_has 'Usage: kfctl env add NAME [flags]'
out_has '--directory PATH'
run 0 env add --help
out_has 'Usage: kfctl env add NAME [flags]'
run 0 version
[[ $out =~ ^kfctl\ [0-9]+\.[0-9]+\.[0-9]+$ ]] || fail "odd version"
run 0 --version
out_has 'kfctl '
run 0 version -o json
[[ $(jq -r .version <<<"$out") =~ ^[0-9.]+$ ]] || fail "odd version"

# Wrong usage: exit 2, nothing on stdout, the near word.
run 2
err_has 'no command was given'
out_is ''
run 2 env
err_has "'kfctl env' needs a command"
run 2 shwo
err_is "kfctl: error: unknown command 'kfctl shwo'
hint: did you mean 'kfctl show'?"
run 2 env lsit
err_has "did you mean 'kfctl env list'?"
run 2 apply --prnue
err_has "did you mean '--prune'?"
run 2 version -o jsno
err_has "did you mean 'json'?"
run 2 completion bsh
err_has "did you mean 'bash'?"
run 2 env add
err_has 'needs NAME'
run 2 env add a b
err_has "does not take 'b'"
run 2 apply --context
err_has 'needs a value'
run 2 help no-such
err_has "unknown command 'kfctl no-such'"

# Streams that fail: a full disk is an error, a reader that leaves is none.
"$KFCTL" --help >/dev/full 2>"$scratch/err"
[[ $? == 4 ]] || fail 'a full disk must be exit 4'
grep -q 'cannot write to standard output: No space left' "$scratch/err" || fail 'no reason given'
run 0 init shop
(cd shop && "$KFCTL" generate jupyter notebooks 2>/dev/null)
(set -o pipefail; cd shop && "$KFCTL" show 2>"$scratch/err" | head -1 >/dev/null)
[[ $? == 0 && ! -s $scratch/err ]] || fail 'a reader that leaves is no failure'
"$KFCTL" version >&- 2>/dev/null
[[ $? == 4 ]] || fail 'a closed stdout must be exit 4'

# Colour: on request only, as this is no terminal.
run 0 --help
out_lacks $'\x1b'
run 0 --help --color always
out_has $'\x1b[1;32m'
CLICOLOR_FORCE=1 run 0 --help
out_lacks $'\x1b'  # NO_COLOR is set
NO_COLOR='' CLICOLOR_FORCE=1 run 0 --help
out_has $'\x1b'

# With -o json an error is JSON too.
run 2 env list -o json
[[ $(jq -r .error.kind <<<"$err") == usage ]] || fail 'no kind'
[[ $(jq -r .error.exitCode <<<"$err") == 2 ]] || fail 'no exit code'

# Manual pages: one per command, and nothing in them that groff stumbles over.
cd "$scratch/work" || exit 1
run 0 __man "$root/man" pages
[[ -s pages/kfctl.1 && -s pages/kfctl-env-add.1 && ! -e pages/kfctl-env.1 ]] || fail 'odd pages'
file_has pages/kfctl-diff.1 'Reading it'
if command -v groff >/dev/null; then
  [[ -z $(groff -man -ww -z pages/*.1 2>&1) ]] || fail "$(groff -man -ww -z pages/*.1 2>&1 | head -3)"
fi
mkdir -p source/notes
cp "$root"/man/*.in source
touch source/notes/kfctl-nope.roff
run 3 __man source pages
err_has 'source/notes/kfctl-nope.roff: there is no such command'
