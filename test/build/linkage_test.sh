#!/usr/bin/env bash
# linkage_test.sh KFCTL: the program links nothing that costs start-up or that a bare machine lacks.
#
# libcurl, libgit2 and libjsonnet belong into modules; CUDA, cuBLAS and NCCL into libkfctl_cuda.so.
set -euo pipefail

needed=$(LC_ALL=C readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
[[ -n $needed ]] || { echo "readelf shows no library of $1"; exit 1; }
forbidden=$(grep -Ei 'curl|git2|jsonnet|yaml|re2|cuda|cublas|nccl|nvidia|ssl|krb5|ldap|ssh' <<<"$needed" || true)
[[ -z $forbidden ]] || { echo "kfctl links:" $forbidden; exit 1; }
