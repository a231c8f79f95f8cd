# What the scripts of this folder share. Sourced, after `set -euo pipefail`.
#
# Sets root (the top of the source tree) and cache (what outlives a build: compilers from wheels,
# the test cluster's binaries). KFCTL_CACHE moves the cache.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache=${KFCTL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kfctl}
jobs=$(nproc)

say() { printf '%s\n' "$*"; }
warn() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

# die CODE MESSAGE...: ends the script; 2 is wrong usage, 4 the outside world.
die() {
  local code=$1
  shift
  warn "$@"
  exit "$code"
}

# Prints the comment that opens the calling script, without its marks: that is its --help.
usage() { sed -n '2,/^[^#]/{/^#/!d;s/^# \{0,1\}//;p}' "$0"; }

# wrong_argument ARG: for a script that does not know ARG.
wrong_argument() { die 2 "unknown argument '$1'; see ${0##*/} --help"; }

# step NAME COMMAND...: runs the command under a heading and says how long it took. A function that
# is run so must end by itself when something fails (|| return): errexit does not hold inside.
step() {
  local name=$1 start=$SECONDS code=0
  shift
  printf '\n==> %s\n' "$name"
  "$@" || code=$?
  if ((code == 0)); then
    printf '==> %s: done in %d s\n' "$name" $((SECONDS - start))
  else
    printf '==> %s: FAILED after %d s (exit %d)\n' "$name" $((SECONDS - start)) "$code"
  fi
  return "$code"
}

# Runs a command as root: directly, or by sudo.
as_root() {
  if (($(id -u) == 0)); then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die 4 "this needs root, and there is no sudo: $*"
  fi
}

# need_packages PACKAGE...: installs those Debian packages that are not there; without any missing
# it starts neither apt nor sudo.
need_packages() {
  local missing
  missing=$(missing_packages "$@")
  [[ -z $missing ]] && return
  command -v apt-get >/dev/null || die 4 "no apt-get here; install by hand:" $missing
  say "installing:" $missing
  as_root apt-get -qq update
  # shellcheck disable=SC2086 # one word per package
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends \
    -o Dpkg::Use-Pty=0 $missing >/dev/null
}

missing_packages() {
  local package
  for package in "$@"; do
    if [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) != installed ]]; then
      printf '%s ' "$package"
    fi
  done
}

# configure PRESET [CMAKE ARGS]: configures build/PRESET, through ccache where it is installed.
configure() {
  local preset=$1
  shift
  if command -v ccache >/dev/null; then
    export CMAKE_CXX_COMPILER_LAUNCHER=ccache CMAKE_C_COMPILER_LAUNCHER=ccache
    export CMAKE_CUDA_COMPILER_LAUNCHER=ccache
    # Paths below the tree count as relative, so that a fresh clone finds what another one compiled.
    export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=true
  fi
  (cd "$root" && cmake --preset "$preset" "$@" >"$root/build/$preset.log" 2>&1) ||
    { cat "$root/build/$preset.log" >&2; return 1; }
}
