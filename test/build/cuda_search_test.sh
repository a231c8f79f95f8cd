#!/usr/bin/env bash
# cmake/KfctlCuda.cmake: what it says, in one line, of a compiler that is not there or too old, and
# that wheels are laid out as a toolkit is.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "cuda_search_test: $*"; exit 1; }

cat >"$work/CMakeLists.txt" <<CMAKE
cmake_minimum_required(VERSION 3.24)
project(search LANGUAGES NONE)
option(KFCTL_CUDA "" ON)
macro(enable_language language)
  set(enabled " with \${CMAKE_CUDA_COMPILER}")
endmacro()
include($root/cmake/KfctlCuda.cmake)
message(STATUS "found=\${KFCTL_CUDA_FOUND}\${enabled}")
CMAKE

# said ARGUMENTS...: what configuring says of CUDA, with no compiler but the one that is given.
said() {
  rm -rf "$work/build"
  env -i HOME="$work" PATH=/usr/bin:/bin "${environment[@]}" \
    cmake -S "$work" -B "$work/build" "$@" 2>&1 | grep -E 'kfctl:|found='
}

# nvcc VERSION: a folder laid out as the wheels are, with a compiler that says it is VERSION.
nvcc() {
  rm -rf "$work/wheels"
  mkdir -p "$work/wheels/"{bin,lib,include,nvvm}
  printf '#!/bin/sh\necho "Cuda compilation tools, release %s, V%s.1"\n' "$1" "$1" >"$work/wheels/bin/nvcc"
  chmod +x "$work/wheels/bin/nvcc"
  touch "$work/wheels/lib/libcublas.so.13" "$work/wheels/lib/libcudart_static.a"
}
environment=()

[[ $(said -DKFCTL_CUDA=OFF) == '-- kfctl: CUDA is switched off: building without libkfctl_cuda.so
-- found=OFF' ]] || fail "switched off: $(said -DKFCTL_CUDA=OFF)"

if [[ ! -e /usr/local/cuda/bin/nvcc && ! -e /usr/bin/nvcc ]]; then
  [[ $(said) == '-- kfctl: no CUDA compiler found: building without libkfctl_cuda.so
-- found=OFF' ]] || fail "nothing there: $(said)"
fi

nvcc 11.8
[[ $(said "-DKFCTL_CUDA_ROOT=$work/wheels") == "-- kfctl: $work/wheels/bin/nvcc is not CUDA 12 or newer: building without libkfctl_cuda.so
-- found=OFF" ]] || fail "too old: $(said "-DKFCTL_CUDA_ROOT=$work/wheels")"

nvcc 13.0
want="-- kfctl: CUDA 13.0 from $work/wheels
-- found=ON with $work/build/cuda/bin/nvcc"
[[ $(said "-DKFCTL_CUDA_ROOT=$work/wheels") == "$want" ]] || fail "root: $(said "-DKFCTL_CUDA_ROOT=$work/wheels")"
environment=("CUDA_HOME=$work/wheels")
[[ -e /usr/bin/nvcc || $(said) == "$want" ]] || fail "CUDA_HOME: $(said)"
environment=("PATH=$work/wheels/bin:/usr/bin:/bin")
[[ $(said) == "$want" ]] || fail "PATH: $(said)"
[[ -e $work/build/cuda/lib64/libcublas.so && -e $work/build/cuda/lib64/libcudart_static.a ]] ||
  fail "links: $(ls -l "$work/build/cuda/lib64")"
