# shellcheck shell=bash
# What the end-to-end tests share. They drive the program that $KFCTL names and look at what it
# prints, returns and leaves on disk. A test starts in a fresh folder, with a home of its own and
# no kubeconfig, and ends at the first thing that is not as it should be.
#
#   run CODE ARGS...    runs kfctl, expects that exit code, keeps both streams for what follows
#   out_is, err_is      the whole stream, without the line end at its end
#   out_has, err_has, out_lacks, err_lacks    a piece of it
#   file_is PATH TEXT, file_has PATH TEXT
#   unchanged ARGS...   as run, and nothing below the folder has changed
set -u
if [[ -z ${KFCTL-} ]]; then
  : "${KFCTL_BUILT:?KFCTL must name the program under test}"
  KFCTL=$KFCTL_BUILT
  # Installing keeps the time of a file: the same age is the same program.
  if [[ -x ${KFCTL_STAGED-} && ! $KFCTL_BUILT -nt $KFCTL_STAGED ]]; then KFCTL=$KFCTL_STAGED; fi
fi
KFCTL=$(readlink -f "$KFCTL")
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
outer_home=$HOME
scratch=$(mktemp -d "${TMPDIR:-/tmp}/kfctl-e2e.XXXXXX")
trap 'leave' EXIT
leave() { cd / && rm -rf "$scratch"; }
mkdir "$scratch/home" "$scratch/work"
export HOME=$scratch/home NO_COLOR=1 LC_ALL=C.UTF-8
unset KUBECONFIG CLICOLOR_FORCE XDG_CACHE_HOME
cd "$scratch/work" || exit 1

fail() {
  local frame=0
  while [[ ${BASH_SOURCE[frame + 1]} == "${BASH_SOURCE[0]}" ]]; do frame=$((frame + 1)); done
  printf '%s:%s: %s\n' "${BASH_SOURCE[frame + 1]}" "${BASH_LINENO[frame]}" "$1" >&2
  printf '%s\n' "--- kfctl ${last_args[*]-} returned ${code-}" '--- stdout' >&2
  head -c 4000 "$scratch/out" >&2
  printf '%s\n' '--- stderr' >&2
  head -c 4000 "$scratch/err" >&2
  exit 1
}

run() {
  local want=$1
  shift
  last_args=("$@")
  code=0
  "$KFCTL" "$@" >"$scratch/out" 2>"$scratch/err" </dev/null || code=$?
  out=$(<"$scratch/out")
  err=$(<"$scratch/err")
  [[ $code == "$want" ]] || fail "exit code $code, not $want"
}

out_is() { [[ $out == "$1" ]] || fail "stdout is not: $1"; }
err_is() { [[ $err == "$1" ]] || fail "stderr is not: $1"; }
out_has() { [[ $out == *"$1"* ]] || fail "stdout lacks: $1"; }
err_has() { [[ $err == *"$1"* ]] || fail "stderr lacks: $1"; }
out_lacks() { [[ $out != *"$1"* ]] || fail "stdout has: $1"; }
err_lacks() { [[ $err != *"$1"* ]] || fail "stderr has: $1"; }
file_is() { [[ $(<"$1") == "$2" ]] || fail "$1 is: $(<"$1")"; }
file_has() { [[ $(<"$1") == *"$2"* ]] || fail "$1 lacks: $2"; }
missing() { [[ ! -e $1 ]] || fail "$1 is there"; }

tree_hash() { find . -printf '%p %y %l\n' -type f -exec sha256sum {} + | sort | sha256sum; }

unchanged() {
  local before
  before=$(tree_hash)
  run "$@"
  [[ $before == "$(tree_hash)" ]] || fail "files have changed"
}

# An app with a web component, in the current folder.
make_app() {
  run 0 init shop
  cd shop || exit 1
  run 0 generate webapp web --image nginx
}
