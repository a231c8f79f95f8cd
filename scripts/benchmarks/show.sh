# shellcheck shell=bash
# scripts/bench show: how long an app takes to render. The folder show/ makes the app and measures.

bench() {
  local kfctl= runs=30
  while (($#)); do
    case $1 in
      --kfctl) kfctl=$(realpath -e "${2:?--kfctl needs a program}") ;;
      --runs) runs=${2:?--runs needs a number} ;;
      *) wrong_argument "$1" ;;
    esac
    shift 2
  done
  need_packages g++ python3 >&2
  [[ -n $kfctl ]] || build_release
  scratch
  g++ -O2 -o "$work/spent" "$root/scripts/benchmarks/spent.cpp"
  PYTHONPATH=$root/scripts/benchmarks/jsonnet python3 -B "$root/scripts/benchmarks/show" --spent "$work/spent" \
    --kfctl "$kfctl" --runs "$runs" \
    --title "# kfctl show, $(date -u +%F): $(machine); load $(cut -d ' ' -f 1 /proc/loadavg)"
}
