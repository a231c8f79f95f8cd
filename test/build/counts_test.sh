#!/usr/bin/env bash
# scripts/lib/counts.sh: the closing line says what ctest's report says.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$root/scripts/lib/counts.sh"

cat >"$work/CTestTestfile.cmake" <<'CTEST'
add_test(good true)
add_test(other_good true)
add_test(bad false)
add_test(skipped bash -c "exit 77")
set_tests_properties(skipped PROPERTIES SKIP_RETURN_CODE 77)
CTEST
ctest --test-dir "$work" --output-junit "$work/tests.xml" >/dev/null && exit 1

count_tests "$work/tests.xml"
[[ $(print_counts) == '2 passed, 1 failed, 1 skipped' ]] || { print_counts; exit 1; }
count_tests "$work/tests.xml"
[[ $(print_counts) == '4 passed, 2 failed, 2 skipped' ]] || { print_counts; exit 1; }
skipped=0
[[ $(print_counts) == '4 passed, 2 failed' ]] || { print_counts; exit 1; }
