# shellcheck shell=bash
# What scripts/bench train and predict share: the peers, and what a run spends. Sourced.

peers=$cache/bench/learn/bin/python3

learn_options() {
  while (($# > 0)); do
    case $1 in
      --kfctl) kfctl=$(realpath "${2:?--kfctl needs a program}") && shift ;;
      *) wrong_argument "$1" ;;
    esac
    shift
  done
}

# install_peers PACKAGE...: into a virtual environment of these benchmarks.
install_peers() {
  [[ -x $peers ]] || /usr/bin/python3 -m venv "${peers%/bin/*}" >&2
  "${peers%/*}/pip" install --quiet --disable-pip-version-check "$@" >&2 || die 4 "cannot install" "$@"
}

# spent COMMAND...: its processor time and the time that passed, in seconds. What it says is lost.
spent() {
  local TIMEFORMAT='%U %S %R'
  { time "$@" >/dev/null 2>"$work/said"; } 2>"$work/time" || die 4 "$* failed: $(cat "$work/said")"
  awk '{ print $1 + $2, $3 }' "$work/time"
}

# on CPUS COMMAND...: on the first CPUS processors only; kfctl takes as many threads.
on() { taskset -c "0-$(($1 - 1))" "${@:2}"; }
