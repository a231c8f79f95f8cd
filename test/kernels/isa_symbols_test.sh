#!/usr/bin/env bash
# isa_symbols_test.sh OBJECT...: what is compiled for a newer processor keeps to its own namespace.
#
# A weak symbol (an inline function, an instance of a template) may be the copy that the linker keeps
# for the whole program, which then stops with an illegal instruction on an older processor.
set -euo pipefail
(($# > 0)) || { echo "isa_symbols_test: no objects"; exit 1; }
weak=$(nm --demangle "$@" | grep -E ' [WVu] ' || true)
[[ -z $weak ]] || { echo "isa_symbols_test: weak symbols:"; sort -u <<<"$weak"; exit 1; }
