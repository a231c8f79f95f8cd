#!/usr/bin/env bash
# devices_command_test.sh KFCTL FAKE: kfctl devices, with the driver in the folder FAKE.
set -euo pipefail
kfctl=$1
fake=$2
fail() { echo "devices_command_test: $*"; exit 1; }

# A driver too old: each device is named, with the reason and what to do, and the CPU can be used.
out=$(LD_LIBRARY_PATH=$fake FAKE_VERSION=12040 FAKE_DEVICES=2 NO_COLOR=1 "$kfctl" devices)
grep -Eq '^cpu +yes ' <<<"$out" || fail "no CPU: $out"
grep -Eq '^cuda:1 +no +Fake GPU 1 +80.0 GiB +132 ' <<<"$out" || fail "no cuda:1: $out"
[[ $out == *"cuda:0: NVIDIA's driver is too old: it offers CUDA 12.4, and this kfctl needs "* ]] ||
  fail "no reason: $out"
[[ $out == *"hint: update NVIDIA's driver to version 580 or newer"* ]] || fail "no hint: $out"

# Another directory for the library, and no reason is lost on the way to a program.
out=$(KFCTL_BACKEND_PATH=/nonexistent "$kfctl" devices -o json)
grep -q '"memoryBytes": [1-9]' <<<"$out" || fail "no memory: $out"
grep -q '"reason": "this kfctl has no CUDA library: there is no /nonexistent/libkfctl_cuda.so"' \
  <<<"$out" || fail "no reason: $out"
out=$(KFCTL_BACKEND_PATH=lib "$kfctl" devices)
[[ $out == *"cuda: modules are not loaded from 'lib': not an absolute path"* ]] || fail "relative: $out"
