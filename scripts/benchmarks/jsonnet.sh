# shellcheck shell=bash
# scripts/bench jsonnet: the engine against its peers. This file finds the programs, the folder
# jsonnet/ has the workloads and measures.

readonly jrsonnet_version=0.5.0-pre98  # only pre-releases exist
readonly go_jsonnet_version=v0.22.0

# install_peer PLACE COMMAND...: runs the command unless an earlier one finished.
install_peer() {
  local place=$1 log=$1.log
  shift
  [[ -d $place ]] && return
  warn "installing ${place##*/} (once)"
  mkdir -p "${place%/*}"
  rm -rf "$place.part"
  "$@" "$place.part" >"$log" 2>&1 || { tail -n 20 "$log" >&2; die 4 "cannot install ${place##*/}; see $log"; }
  mv "$place.part" "$place"
}

# The settings are those of its fast build: with cargo's own it is a third slower.
install_jrsonnet() {
  command -v cargo >/dev/null || die 4 "jrsonnet needs cargo; or leave it out with --engines go,c++"
  CARGO_PROFILE_RELEASE_LTO=fat CARGO_PROFILE_RELEASE_CODEGEN_UNITS=1 CARGO_PROFILE_RELEASE_PANIC=abort \
    cargo install jrsonnet --version "$jrsonnet_version" --features mimalloc --root "$1"
}

install_go_jsonnet() {
  command -v go >/dev/null || die 4 "go-jsonnet needs Go; or leave it out with --engines jrsonnet,c++"
  GOTOOLCHAIN=local GOBIN=$1/bin go install "github.com/google/go-jsonnet/cmd/jsonnet@$go_jsonnet_version"
}

# find_engine NAME: prints NAME=PROGRAM, having installed it.
find_engine() {
  local peers=$cache/bench
  case $1 in
    jrsonnet)
      install_peer "$peers/jrsonnet-$jrsonnet_version" install_jrsonnet
      printf 'jrsonnet=%s' "$peers/jrsonnet-$jrsonnet_version/bin/jrsonnet"
      ;;
    go)
      install_peer "$peers/go-jsonnet-$go_jsonnet_version" install_go_jsonnet
      printf 'go=%s' "$peers/go-jsonnet-$go_jsonnet_version/bin/jsonnet"
      ;;
    c++)
      need_packages jsonnet >&2
      printf 'c++=/usr/bin/jsonnet'
      ;;
    *) die 2 "unknown engine '$1': there are jrsonnet, go and c++" ;;
  esac
}

bench() {
  local names=jrsonnet,go,c++ kfctl= runs=7 options=() engines=() name
  while (($#)); do
    case $1 in
      --engines) names=${2?--engines needs a list} ;;
      --kfctl) kfctl=$(realpath -e "${2:?--kfctl needs a program}") ;;
      --runs) runs=${2:?--runs needs a number} ;;
      --only | -o) options+=("$1" "${2:?$1 needs a value}") ;;
      *) wrong_argument "$1" ;;
    esac
    shift 2
  done
  need_packages g++ python3 >&2
  for name in ${names//,/ }; do
    name=$(find_engine "$name") || exit
    engines+=(--engine "$name")
  done
  [[ -n $kfctl ]] || build_release
  scratch
  g++ -O2 -o "$work/spent" "$root/scripts/benchmarks/spent.cpp"
  python3 -B "$root/scripts/benchmarks/jsonnet" --spent "$work/spent" --engine "kfctl=$kfctl" "${engines[@]}" \
    --runs "$runs" "${options[@]}" \
    --title "# Jsonnet engines, $(date -u +%F): $(machine); load $(cut -d ' ' -f 1 /proc/loadavg)"
}
