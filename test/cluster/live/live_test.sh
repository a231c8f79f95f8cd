#!/usr/bin/env bash
# Runs the tests of the cluster room against a real API server with the fault proxy before it.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../../.." && pwd -P)
program=$1
shift
cluster=live-$$

cache=$(mktemp -d)

cleanup() {
  "$root/scripts/test-cluster" down --name "$cluster" || true
  rm -rf "$cache"
}
trap cleanup EXIT

"$root/scripts/test-cluster" up --name "$cluster"
"$root/scripts/test-cluster" proxy up --name "$cluster"
eval "$("$root/scripts/test-cluster" env --name "$cluster")"
export KFCTL_TEST_CLUSTER_SCRIPT=$root/scripts/test-cluster KFCTL_TEST_CLUSTER_NAME=$cluster
XDG_CACHE_HOME=$cache "$program" --no-intro=true --minimal=true "$@"
