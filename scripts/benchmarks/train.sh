# shellcheck shell=bash
# scripts/bench train: whole runs of kfctl train on bytes as of images, against PyTorch's steps and
# scikit-learn's MLPClassifier, and how long a run takes to start.

. "$root/scripts/benchmarks/learn/peers.sh"

bench() {
  local kfctl=
  learn_options "$@"
  [[ -n $kfctl ]] || build_release
  install_peers torch numpy scikit-learn
  scratch
  "$peers" "$root/scripts/benchmarks/learn/images.py" "$work"
  printf '# kfctl train, %s\n\n%s; load %s.\n\n' "$(date -u +%F)" "$(machine)" "$(cut -d' ' -f1 /proc/loadavg)"
  printf 'Examples a second; one thread by the time that it ran, two by the time that passed. kfctl is the whole command, the second and later epochs.\n\n'
  printf '| network | threads | kfctl | PyTorch | times |\n|---|---|---|---|---|\n'
  local threads
  for threads in 1 2; do
    "$peers" "$root/scripts/benchmarks/kernels/torch_steps.py" "$threads" 4 >"$work/torch"
    row "$threads" '784-128-10 batch 128 fp32' 128 128 fp32 6
    row "$threads" '784-512-256-10 batch 256 fp32' 512,256 256 fp32 3
    row "$threads" '784-512-256-10 batch 256 bf16' 512,256 256 bf16 3
    row "$threads" '784-512-256-10 batch 1024 fp32' 512,256 1024 fp32 3
    row "$threads" '784-512-256-10 batch 1024 bf16' 512,256 1024 bf16 3
  done
  printf '\nscikit-learn MLPClassifier, 784-128-10 batch 128, one thread: %s examples/s\n' \
    "$(OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 "$peers" "$root/scripts/benchmarks/learn/sklearn_mlp.py" "$work")"
  start_up
}

# row THREADS NAME HIDDEN BATCH PRECISION EPOCHS
row() {
  local few many
  few=$(epochs "$1" 1 "${@:3:3}")
  many=$(epochs "$1" "$6" "${@:3:3}")
  [[ -n $few && -n $many ]] || return 0
  awk -v few="$few" -v many="$many" -v epochs="$6" -v threads="$1" -v name="$2" -F '\t' '
    $1 == name { torch = $2 }
    END {
      split(few, a, " "); split(many, b, " ")
      rate = 60000 * (epochs - 1) / (threads == 1 ? b[1] - a[1] : b[2] - a[2])
      printf "| %s | %d | %.0f | %.0f | %.2f |\n", name, threads, rate, torch, rate / torch
    }' "$work/torch"
}

# epochs THREADS COUNT HIDDEN BATCH PRECISION: what the fastest of three runs spent; nothing where the
# processor has no such precision.
epochs() {
  local flags=(--model mlp --hidden "$3" --batch-size "$4" --set "train.precision=$5" --epochs "$2"
    --optimiser adam --set data.split.validation=0 --device cpu)
  if [[ $5 == bf16 ]] && ! grep -q amx_bf16 /proc/cpuinfo; then return; fi
  local i
  for i in 1 2 3; do
    rm -rf "$work/run"
    spent on "$1" "$kfctl" train --data "$work/images.idx" --labels "$work/labels.idx" "${flags[@]}" \
      --output "$work/run"
  done | sort -n -k"$1" | head -n 1
}

start_up() {
  awk 'BEGIN { print "x,y,label"; for (i = 0; i < 150; i++) printf "%d,%d,%s\n", i * 37 % 101, i * 53 % 97, i % 3 ? "a" : "b" }' \
    >"$work/small.csv"
  local i
  for i in {1..20}; do
    spent on 2 "$kfctl" train --data "$work/small.csv" --label label --fast-dev-run --device cpu
  done >"$work/starts"
  printf '\nFrom the command to the third step and a validation, 150 rows, no GPU asked for: %s ms of processor time, %s ms passed (fastest of 20)\n' \
    "$(sort -n "$work/starts" | awk 'NR == 1 { print 1000 * $1 }')" \
    "$(sort -n -k2 "$work/starts" | awk 'NR == 1 { print 1000 * $2 }')"
}
