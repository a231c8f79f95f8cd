#!/usr/bin/env bash
# scripts/check-arrows: the tree holds to its arrows, and each kind of breach is found.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$root/scripts/check-arrows"

# breach FILE LINE TEXT: a tree whose FILE holds LINE is refused, and the finding holds TEXT.
breach() {
  rm -rf "$work/tree"
  mkdir -p "$work/tree/$(dirname "$1")"
  printf '// first line\n%s\n' "$2" >"$work/tree/$1"
  if found=$("$root/scripts/check-arrows" "$work/tree"); then
    echo "not found: $2 in $1"
    exit 1
  fi
  [[ $found == "$1:2: "*"$3"* ]] || { echo "wrong finding: $found"; exit 1; }
}

# allowed FILE LINE: the same line in a file that may hold it.
allowed() {
  rm -rf "$work/tree"
  mkdir -p "$work/tree/$(dirname "$1")"
  printf '%s\n' "$2" >"$work/tree/$1"
  "$root/scripts/check-arrows" "$work/tree" || { echo "refused: $2 in $1"; exit 1; }
}

breach base/a.h '#include "templates/app/app.h"' 'base/ may not include templates/'
breach templates/app/a.cpp '#include "cluster/session.h"' 'templates/ may not include cluster/'
breach cluster/a.cpp '#  include "templates/manifest/tree.h"' 'cluster/ may not include templates/'
breach kernels/cuda/a.cu '#include "learn/train.h"' 'kernels/ may not include learn/'
breach registry/a.cpp '#include "cli/console.h"' 'registry/ may not include cli/'
breach learn/a.cpp '#include "registry/registry.h"' 'learn/ may not include registry/'
breach cli/a.cpp '#include "../base/json.h"' 'from the top of the tree'
breach base/json.cpp '#include <yaml-cpp/yaml.h>' 'stays behind base/yaml.cpp'
breach cluster/a.cpp '#include <curl/curl.h>' 'stays behind base/http_module.cpp'
breach kernels/a.cpp '#include <cublas_v2.h>' 'stays behind kernels/cuda/'
allowed learn/a.cpp '#include "kernels/device.h"'
allowed registry/a.cpp '#include "templates/app/app.h"'
allowed cli/a.cpp '#include "cluster/session.h"'
allowed base/yaml.cpp '#include <yaml-cpp/yaml.h>'
allowed kernels/cuda/a.cpp '#include <cublas_v2.h>'
