#!/usr/bin/env bash
# Ctrl-C and SIGTERM: exit 130, and every file is as it was or as it should be.
. "$(dirname "$0")/lib.sh"
make_app

# A component that takes long to render; nothing is written before it is done.
cat >components/slow.jsonnet <<'END'
local f(n) = if n < 2 then n else f(n - 1) + f(n - 2);
{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'slow' }, data: { f: std.toString(f(40)) } }
END
for signal in INT TERM; do
  started=$SECONDS
  before=$(tree_hash)
  # A shell's background jobs ignore SIGINT; env gives it back.
  env --default-signal=INT "$KFCTL" apply >"$scratch/out" 2>"$scratch/err" </dev/null &
  pid=$!
  sleep 0.2
  kill -$signal $pid
  code=0
  wait $pid || code=$?
  [[ $code == 130 ]] || fail "SIG$signal gave $code, not 130"
  ((SECONDS - started < 10)) || fail 'rendering was waited for'
  [[ $before == "$(tree_hash)" ]] || fail 'files have changed'
done
