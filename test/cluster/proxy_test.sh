#!/usr/bin/env bash
# The Go tests of the test cluster's own tools, with the Go tool that builds them.
set -euo pipefail
modules=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
. "$modules/binaries.sh"

go=$(find_go)
cd "$modules"
export GOTOOLCHAIN=local GOWORK=off GOFLAGS=-mod=readonly CGO_ENABLED=0
"$go" vet ./...
exec "$go" test ./...
