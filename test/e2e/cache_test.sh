#!/usr/bin/env bash
# The cache of parsed libraries: whatever happens to it, the output stays the same.
. "$(dirname "$0")/lib.sh"
cache=$HOME/.cache/kfctl/jsonnet

# A library that is large enough to be kept, and a broken one.
make_library() {
  printf '{\n'
  seq -f "  field%.0f(x='$1'):: { name: x, list: [x, self.name] }," 6000
  printf '  fails(x):: x.missing }\n'
}
make_library one >one.libsonnet
make_library two >two.libsonnet
cat >main.jsonnet <<'END'
local one = import 'one.libsonnet', two = import 'two.libsonnet';
{ a: one.field17(), b: one.field5999('x'), c: two.field1() }
END
expected=$("$KFCTL" jsonnet --no-cache main.jsonnet)
missing "$HOME/.cache"
same() {
  run 0 jsonnet main.jsonnet
  out_is "$expected"
  err_is ''
}
images() { find "$cache" -name '*.ast' | wc -l; }
[[ $expected == *'"name": "two"'* ]] || fail "unexpected: $expected"

# Kept at the first run, in a directory of the user's alone; used at the second.
same
[[ $(images) == 2 ]] || fail "$(images) images, not 2"
[[ $(stat -c %a "$cache") == 700 ]] || fail 'others may look into the cache'
same
[[ $(images) == 2 ]] || fail 'an image was made again'
# strace would be one way to see that it is used; the age of the file is another.
touch -d '2001-01-01' "$cache"/*.ast
same
[[ -z $(find "$cache" -name '*.ast' ! -newermt 2002-01-01) ]] || fail 'the cache was not used'
touch -d '2001-01-01' "$cache"/*.ast
run 0 jsonnet --no-cache main.jsonnet
[[ $(find "$cache" -name '*.ast' ! -newermt 2002-01-01 | wc -l) == 2 ]] || fail '--no-cache used it'

# Errors in a library are told as they are without it.
run 3 jsonnet --no-cache -e "(import 'one.libsonnet').fails({})"
without=$err
run 3 jsonnet -e "(import 'one.libsonnet').fails({})"
err_is "$without"
err_has 'one.libsonnet:6002:16: '

# A changed library is another library.
sed -i "s/x='two'/x='TWO'/" two.libsonnet
run 0 jsonnet main.jsonnet
out_is "${expected//two/TWO}"
sed -i "s/x='TWO'/x='two'/" two.libsonnet
same

# A byte flipped anywhere, every kind of cut, other files in its place.
flip() {
  local byte
  byte=$(od -An -tu1 -j "$2" -N 1 "$1")
  printf "\\x$(printf %x $((byte ^ 64)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
for image in "$cache"/*.ast; do
  size=$(stat -c %s "$image")
  for at in 0 31 32 44 48 112 144 171 176 $((size / 4)) $((size / 2)) $((size - 1)); do
    flip "$image" "$at"
    same
  done
  for cut in 0 1 100 176 4096 $((size - 1)); do
    truncate -s "$cut" "$image"
    same
  done
  rm -f "$image" && mkdir "$image"
  same
  rmdir "$image"
  ln -s /dev/zero "$image"
  same
done
head -c 32 /dev/urandom >"$cache/key"
same
: >"$cache/key"
same
same

# Many processes at once on one cache that is not there yet, some killed while they write.
for round in 1 2 3; do
  rm -rf "$HOME/.cache"
  pids=() victims=()
  for i in 1 2 3 4 5 6 7 8; do
    "$KFCTL" jsonnet main.jsonnet >"$scratch/out.$i" 2>"$scratch/err.$i" &
    pids+=($!)
    "$KFCTL" jsonnet main.jsonnet >/dev/null 2>&1 &
    victims+=($!)
    disown $! # the shell need not tell of its end
  done
  sleep "0.0$round"
  kill -9 "${victims[@]}" 2>/dev/null
  for i in 1 2 3 4 5 6 7 8; do
    wait "${pids[i - 1]}" || fail "process $i of round $round failed: $(<"$scratch/err.$i")"
    [[ $(<"$scratch/out.$i") == "$expected" ]] || fail "process $i printed something else"
    [[ ! -s $scratch/err.$i ]] || fail "process $i said: $(<"$scratch/err.$i")"
  done
  wait
  same
  [[ $(images) == 2 ]] || fail "$(images) images, not 2"
done

# What killed writers left goes when the next image is written.
touch -d '2001-01-01' "$cache/1-1.part"
rm "$cache"/*.ast
same
missing "$cache/1-1.part"

# Directories that cannot be written, or trusted, or be.
rm "$cache"/*.ast
chmod 500 "$cache"
same
chmod 777 "$cache"
rm -f "$cache"/*.ast
same
[[ $(images) == 0 ]] || fail 'a cache that others may write was used'
rm -rf "$HOME/.cache"
printf 'text' >"$HOME/.cache"
same
file_is "$HOME/.cache" text
rm "$HOME/.cache"
# A full disk, where this user may mount one.
mkdir "$HOME/.cache"
on_small_disk='mount -t tmpfs -o size=64k tmpfs "$HOME/.cache" && "$@" && ls -A "$HOME/.cache/kfctl/jsonnet"'
if unshare --mount true 2>/dev/null; then
  unshare --mount bash -c "$on_small_disk" - "$KFCTL" jsonnet main.jsonnet >"$scratch/out" || fail 'no full disk'
  [[ $(<"$scratch/out") == "$expected"$'\nkey' ]] || fail 'another output on a full disk, or half an image left'
fi
env -u HOME "$KFCTL" jsonnet main.jsonnet >"$scratch/out" || fail 'no home'

# XDG_CACHE_HOME moves it; a relative one does not count.
mkdir "$scratch/xdg"
XDG_CACHE_HOME=$scratch/xdg same
[[ $(find "$scratch/xdg/kfctl/jsonnet" -name '*.ast' | wc -l) == 2 ]] || fail 'not in XDG_CACHE_HOME'
rm -rf "$HOME/.cache"
XDG_CACHE_HOME=relative same
missing relative
[[ $(images) == 2 ]] || fail 'a relative XDG_CACHE_HOME counted'

# An app: any number of processors, with and without the cache.
rm -rf "$HOME/.cache"
run 0 init shop
cd shop || exit 1
mkdir lib
cp ../one.libsonnet lib/
for i in $(seq 10 40); do
  cat >"components/c$i.jsonnet" <<END
local one = import 'one.libsonnet';
{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c$i' }, data: one.field$i() { list:: [] } }
END
done
run 0 show default --no-cache
expected_show=$out
for processors in 0 0-$(($(nproc) - 1)); do
  for cached in 1 2; do
    taskset -c "$processors" "$KFCTL" show default >"$scratch/out" 2>"$scratch/err" || fail 'show failed'
    [[ $(<"$scratch/out") == "$expected_show" ]] || fail "another output on processors $processors"
  done
done
[[ $(images) == 1 ]] || fail 'no image of the library'
sed -i 's/one.field30()/one.fails({})/; s/one.field20()/one.nothing/' components/c30.jsonnet components/c20.jsonnet
run 3 show default
err_has "c20.jsonnet:2:77: field does not exist: 'nothing'"
first=$err
taskset -c 0 "$KFCTL" show default >"$scratch/out" 2>"$scratch/err"
[[ $(<"$scratch/err") == "$first" ]] || fail 'another error on one processor'
