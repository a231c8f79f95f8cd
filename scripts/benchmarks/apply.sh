# shellcheck shell=bash
# scripts/bench apply: apply, diff and delete on a test cluster of its own, against kubectl, helm and
# the bare requests, through the cluster's proxy, which counts requests and adds the delay.

# The helm that is measured, built once; nothing where there is no Go to build it with.
helm_program() {
  local version=4.3.1
  local place=$cache/bench/helm-$version
  if [[ ! -x $place/helm ]]; then
    command -v go >/dev/null || return 0
    GOBIN=$place go install "helm.sh/helm/v4/cmd/helm@v$version" >&2 || return 0
  fi
  say "$place/helm"
}

bench() {
  local kfctl= helm
  cluster=bench-$$
  if [[ ${1-} == --kfctl ]]; then
    kfctl=${2:?--kfctl needs a file}
    shift 2
  else
    build_release python3
  fi
  helm=$(helm_program)
  scratch
  trap '"$root/scripts/test-cluster" down --name "$cluster" >&2; rm -rf "$work"' EXIT
  g++ -O2 -o "$work/spent" "$root/scripts/benchmarks/spent.cpp"
  "$root/scripts/test-cluster" up --name "$cluster" >&2
  "$root/scripts/test-cluster" proxy up --name "$cluster" >&2
  eval "$("$root/scripts/test-cluster" env --name "$cluster")"
  printf '# Apply, %s\n\n%s; load %s at the beginning.\n\n' "$(date -u +%F)" "$(machine)" \
    "$(cut -d' ' -f1-3 /proc/loadavg)"
  python3 "$root/scripts/benchmarks/apply.py" --spent "$work/spent" --kfctl "$kfctl" --kubectl "$KFCTL_TEST_KUBECTL" \
    --floor "$KFCTL_TEST_FLOOR" ${helm:+--helm "$helm"} "$@"
}
