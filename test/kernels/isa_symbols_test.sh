#!/usr/bin/env bash
# isa_symbols_test.sh OBJECT...: what is compiled for a newer processor keeps to its own namespace.
#
# A weak function (an inline one, an instance of a template) may be the copy that the linker keeps for
# the whole program, which then stops with an illegal instruction on an older processor. Weak data
# (nm's V and u, such as the type names that a sanitizer brings) hold no instructions.
set -euo pipefail
(($# > 0)) || { echo "isa_symbols_test: no objects"; exit 1; }
weak=$(nm --demangle "$@" | grep -E ' [Ww] ' || true)
[[ -z $weak ]] || { echo "isa_symbols_test: weak functions:"; sort -u <<<"$weak"; exit 1; }
