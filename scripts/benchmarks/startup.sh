# shellcheck shell=bash
# scripts/bench startup: how long kfctl takes to start.

# row NAME COMMAND...: the fastest and the median of the runs in milliseconds, and how often the
# fastest of `print` fits into the fastest.
row() {
  local name=$1
  shift
  hyperfine --shell=none --style=none --warmup 20 --runs "$runs" --output=null \
    --export-json "$work/times.json" "$@" >/dev/null
  local fastest median
  fastest=$(sed -n 's/^ *"min": \([0-9.e-]*\),*$/\1/p' "$work/times.json")
  median=$(sed -n 's/^ *"median": \([0-9.e-]*\),*$/\1/p' "$work/times.json")
  base=${base:-$fastest}
  awk -v name="$name" -v fastest="$fastest" -v median="$median" -v base="$base" \
    'BEGIN { printf "| `%s` | %.2f | %.2f | %.1f |\n", name, fastest * 1e3, median * 1e3, fastest / base }'
}

bench() {
  local runs=300 base=
  case ${1-} in
    '') ;;
    --runs) runs=${2:?--runs needs a number} ;;
    *) wrong_argument "$1" ;;
  esac
  build_release hyperfine
  scratch
  printf '#include <cstdio>\nint main() { return std::puts("kfctl") < 0; }\n' >"$work/print.cpp"
  g++ -O2 -o "$work/print" "$work/print.cpp"

  printf '# Start-up, %s\n\n%s; %d runs each.\n\n' "$(date -u +%F)" "$(machine)" "$runs"
  printf '| command | fastest, ms | median, ms | times a program that only prints |\n|---|---|---|---|\n'
  row 'a program that only prints' "$work/print"
  row 'kfctl version' "$kfctl version"
  row 'kfctl --help' "$kfctl --help"
  row 'kfctl apply --help' "$kfctl apply --help"
}
