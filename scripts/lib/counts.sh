# Counting tests. Sourced; count_tests adds the numbers of one ctest report to the totals.

passed=0
failed=0
skipped=0

# count_tests FILE: FILE is what ctest --output-junit wrote.
count_tests() {
  local all bad unrun
  all=$(suite_number tests "$1")
  bad=$(suite_number failures "$1")
  unrun=$(($(suite_number skipped "$1") + $(suite_number disabled "$1")))
  passed=$((passed + all - bad - unrun))
  failed=$((failed + bad))
  skipped=$((skipped + unrun))
}

suite_number() {
  tr '\n' ' ' <"$2" | sed -n "s/.*<testsuite [^>]*[[:space:]]$1=\"\([0-9]*\)\".*/\1/p"
}

# The closing line that tools read: "N passed, N failed", with ", N skipped" where some were.
print_counts() {
  local line="$passed passed, $failed failed"
  ((skipped > 0)) && line+=", $skipped skipped"
  printf '%s\n' "$line"
}
