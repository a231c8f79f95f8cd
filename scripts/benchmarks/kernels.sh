# shellcheck shell=bash
# scripts/bench kernels: training steps of kfctl's kernels and of PyTorch, turn about, each in a process
# of its own.

seconds=5
torch=$cache/bench/torch

bench_options() {
  while (($# > 0)); do
    case $1 in
      --seconds) seconds=${2:?--seconds needs a number} && shift ;;
      *) wrong_argument "$1" ;;
    esac
    shift
  done
}

install_torch() {
  [[ -x $torch/bin/python3 ]] || /usr/bin/python3 -m venv "$torch" >&2
  "$torch/bin/python3" -c 'import torch' 2>/dev/null ||
    "$torch/bin/pip" install --quiet --disable-pip-version-check torch numpy >&2 ||
    die 4 "cannot install PyTorch"
}

build_bench() {
  need_packages "${packages_build[@]}" "${packages_test[@]}" >&2
  mkdir -p "$root/build"
  configure release -DKFCTL_TESTS=ON
  cmake --build "$root/build/release" -j "$jobs" --target kfctl_kernels_bench >&2
}

# table THREADS: a row per network and precision.
table() {
  "$root/build/release/bin/kfctl_kernels_bench" steps cpu "$1" "$seconds" >"$work/kfctl"
  "$torch/bin/python3" "$root/scripts/benchmarks/kernels/torch_steps.py" "$1" "$seconds" >"$work/torch"
  awk -F '\t' -v threads="$1" '
    FNR == NR { torch[$1] = $2; next }
    { printf "| %s | %d | %.0f | %.0f | %.2f |\n", $1, threads, $2, torch[$1], $2 / torch[$1] }
  ' "$work/torch" "$work/kfctl"
}

bench() {
  bench_options "$@"
  build_bench
  install_torch
  scratch
  printf '# Training steps, %s\n\n%s; load %s; the fastest rounds of %s s. One thread by the time that it ran, two by the time that passed.\n\n' "$(date -u +%F)" \
    "$(machine)" "$(cut -d' ' -f1 /proc/loadavg)" "$seconds"
  printf '| network | threads | kfctl, examples/s | PyTorch %s | times |\n|---|---|---|---|---|\n' \
    "$("$torch/bin/python3" -c 'import torch; print(torch.__version__)')"
  table 1
  table 2
  printf '\n| product | kfctl, GFLOP/s, one thread |\n|---|---|\n'
  "$root/build/release/bin/kfctl_kernels_bench" products cpu 1 1 |
    awk -F '\t' '{ printf "| %s | %s |\n", $1, $2 }'
}
