# shellcheck shell=bash
# scripts/bench predict: CSV to CSV by kfctl predict, and by onnxruntime on the exported model, fed and
# written by polars.

. "$root/scripts/benchmarks/learn/peers.sh"

rows=400000

bench() {
  local kfctl=
  learn_options "$@"
  [[ -n $kfctl ]] || build_release
  install_peers onnxruntime polars numpy
  scratch
  table "$rows" >"$work/rows.csv"
  head -n 5001 "$work/rows.csv" >"$work/few.csv"
  "$kfctl" train --data "$work/few.csv" --label label --set data.ignore=id --model mlp --hidden 128,128 \
    --epochs 2 --output "$work/run" --device cpu >/dev/null 2>"$work/said" || die 4 "$(cat "$work/said")"
  "$kfctl" export "$work/run" --output "$work/model.onnx" 2>/dev/null
  printf '# kfctl predict, %s\n\n%s; load %s. %d rows of 28 numbers (%d MB) to id, class and probabilities; an mlp 28-128-128-2.\n\n' \
    "$(date -u +%F)" "$(machine)" "$(cut -d' ' -f1 /proc/loadavg)" "$rows" $(($(stat -c %s "$work/rows.csv") / 1000000))
  printf '| threads | kfctl, s | onnxruntime and polars, s | times | processor time, s |\n|---|---|---|---|---|\n'
  local threads
  for threads in 1 2; do row "$threads"; done
  same
}

# Twenty-eight numbers, an id and a label.
table() {
  awk -v rows="$1" 'BEGIN {
    srand(1); printf "id"; for (c = 1; c <= 28; c++) printf ",f%d", c; print ",label"
    for (i = 0; i < rows; i++) {
      printf "n%d", i; sum = 0
      for (c = 1; c <= 28; c++) { x = rand() * 4 - 2; sum += c % 2 ? x : -x; printf ",%.6f", x }
      print sum > 0 ? ",up" : ",down"
    }}'
}

row() {
  local ours theirs
  ours=$(fastest on "$1" "$kfctl" predict "$work/run" --data "$work/rows.csv" --key id --probabilities \
    --output "$work/ours.csv" --device cpu)
  theirs=$(POLARS_MAX_THREADS=$1 fastest on "$1" "$peers" "$root/scripts/benchmarks/learn/ort_predict.py" "$1" \
    "$work/model.onnx" "$work/rows.csv" "$work/theirs.csv")
  awk -v a="$ours" -v b="$theirs" -v threads="$1" 'BEGIN {
    split(a, x, " "); split(b, y, " ")
    printf "| %d | %.2f | %.2f | %.2f | %.2f and %.2f |\n", threads, x[2], y[2], y[2] / x[2], x[1], y[1] }'
}

fastest() {
  local i
  for i in 1 2 3; do spent "$@"; done | sort -n -k2 | head -n 1
}

# The same classes, or a wrong number was measured.
same() {
  local apart
  apart=$(paste -d, <(cut -d, -f1,2 "$work/ours.csv") <(cut -d, -f1,2 "$work/theirs.csv") |
    awk -F, 'NR > 1 && ($1 != $3 || $2 != $4)' | wc -l)
  printf '\nRows of another class: %d of %d.\n' "$apart" "$rows"
  ((apart * 10000 <= rows)) || die 1 "the two do not say the same"
}
