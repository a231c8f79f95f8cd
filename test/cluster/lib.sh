# shellcheck shell=bash
# What the tests of test-cluster share: a fresh folder that is removed at the end, and checks that
# name what failed. A script ends with `exit "$failures"`.

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
scratch=$(mktemp -d "${TMPDIR:-/tmp}/kfctl-cluster-test.XXXXXX")
failures=0

# Runs the command; its failure is the test's, and its output is shown then.
check() {  # TEXT COMMAND...
  local text=$1
  shift
  if "$@" >"$scratch/check.log" 2>&1; then
    printf 'ok    %s\n' "$text"
  else
    printf 'FAIL  %s\n      %s\n' "$text" "$*"
    sed 's/^/      | /' "$scratch/check.log"
    failures=1
  fi
}

is() { [ "$1" = "$2" ] || { printf 'got:  %s\nwant: %s\n' "$1" "$2"; return 1; }; }

has() { [[ $1 == *"$2"* ]] || { printf 'got:  %s\nwant: ...%s...\n' "$1" "$2"; return 1; }; }

exits() {  # CODE COMMAND...
  local want=$1 code=0
  shift
  "$@" || code=$?
  is "$code" "$want"
}
