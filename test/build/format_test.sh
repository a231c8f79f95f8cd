#!/usr/bin/env bash
# scripts/format: --check names a file that needs it and changes nothing; without it, it is mended.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
command -v clang-format-14 >/dev/null || exit 77  # installed by .ci/run, not by scripts/test
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$root/.clang-format" "$work"

printf 'int  f( ){return 1;}\n' >"$work/a.cpp"
if found=$("$root/scripts/format" --check "$work/a.cpp" 2>/dev/null); then
  echo "a badly formatted file passed"
  exit 1
fi
[[ $found == "$work/a.cpp" ]] || { echo "wrong report: $found"; exit 1; }
[[ $(<"$work/a.cpp") == 'int  f( ){return 1;}' ]] || { echo "--check changed the file"; exit 1; }

"$root/scripts/format" "$work/a.cpp"
[[ $(<"$work/a.cpp") == 'int f() { return 1; }' ]] || { echo "not mended: $(<"$work/a.cpp")"; exit 1; }
"$root/scripts/format" --check "$work/a.cpp"
