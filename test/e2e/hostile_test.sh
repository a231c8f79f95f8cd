#!/bin/bash
# Input made to break kfctl: every command that reads jsonnet ends in time with a value or an error,
# within 4 GiB of address space and the limit that --max-memory gives.
. "$(dirname "$0")/lib.sh"
ulimit -v 4194304

# times COUNT TEXT: that text, so often.
times() { yes "$2" | head -n "$1" | tr -d '\n'; }

# ends CODE TEXT ARGS...: kfctl ends within a minute with that exit code, and says TEXT on stderr.
ends() {
  local want=$1 text=$2
  shift 2
  last_args=("$@")
  code=0
  timeout 60 "$KFCTL" "$@" >"$scratch/out" 2>"$scratch/err" </dev/null || code=$?
  err=$(head -c 20000 "$scratch/err" | tr -d '\0')
  [[ $code == "$want" ]] || fail "exit code $code, not $want"
  err_has "$text"
  (($(stat -c %s "$scratch/err") < 20000)) || fail 'the error is a book'
}

# A million deep: jsonnet, lint and fmt refuse each of these, and say where.
deep=1000000
for open in '[' '{a:' '(' '-' '!' 'a(' 'if true then ' 'if false then 1 else ' 'local a=1;' 'assert true;' \
  '[x for x in ' '{[k]:1 for k in ' 'function(x) ' '{[' 'error '; do
  times $deep "$open" >deep.jsonnet
  ends 3 'this is nested too deeply' jsonnet deep.jsonnet
  ends 3 'this is nested too deeply' fmt deep.jsonnet
  ends 1 '1 finding in 1 file' lint deep.jsonnet
done

# Rows of a million. What is no error of the language may be one of a limit.
for row in '1 +1' '{} +{}' '[1] [:]'; do
  { echo "${row% *}"; times $deep "${row#* }"; } >row.jsonnet
  ends 3 'this is nested too deeply' jsonnet row.jsonnet
  ends 3 'too long a row of operators' fmt row.jsonnet
  code=0
  timeout 60 "$KFCTL" lint row.jsonnet >"$scratch/out" 2>"$scratch/err" </dev/null || code=$?
  ((code < 2)) || fail 'lint of a long row'
done
{ echo 1; times 19000 '+1'; } >row.jsonnet
ends 0 '' fmt row.jsonnet
{ echo '({a:1}'; for ((i = 0; i < 100000; ++i)); do printf '+{a%d:1}' $i; done; echo ').a99999'; } >row.jsonnet
ends 0 '' jsonnet row.jsonnet
{ echo '['; times $deep '1,'; echo ']'; } >row.jsonnet
ends 0 '' jsonnet row.jsonnet
ends 0 '' lint row.jsonnet

# The limits have flags.
ends 3 'needs more than 16 MiB of memory' jsonnet --max-memory 16 -e 'std.range(1, 3e9)'
err_lacks 'out of memory'
ends 2 '--max-memory needs a number of MiB' jsonnet --max-memory 1 -e 1
ends 3 'max stack frames exceeded' jsonnet -s 100 -e 'local f(x) = 1 + f(x); f(1)'
ends 3 'this program is nested too deeply' jsonnet -s 100000000 -e 'local f(x) = 1 + f(x); f(1)'
bomb='local a0 = ["lol"];'
for i in {1..60}; do bomb+="local a$i = [a$((i - 1)), a$((i - 1))];"; done
ends 3 'needs more than 64 MiB of memory' jsonnet --max-memory 64 -e "$bomb a60"
ends 3 'needs more than 64 MiB of memory' jsonnet --max-memory 64 -S -e "$bomb std.manifestYamlDoc(a60)"
ends 3 'needs more than 64 MiB of memory' jsonnet --max-memory 64 -y -e "$bomb a60"
ends 3 'needs more than 64 MiB of memory' jsonnet --max-memory 64 -m . -e "$bomb {a: a60}"
ends 3 'needs more than 64 MiB of memory' jsonnet --max-memory 64 -m . \
  -e "local t = std.repeat('a', 1e7); { ['f' + i]: t for i in std.range(1, 100) }"

# Regular expressions made to take for ever.
match() { ends "$1" "$2" jsonnet --max-memory 64 -e "std.native('regexMatch')($3)"; }
match 0 '' "'(a+)+\$', std.repeat('a', 10000) + 'b'"
match 0 '' "'(x+x+)+y', std.repeat('x', 100000)"
match 3 'bad regular expression' "'((a{1000}){1000}){1000}', 'a'"
match 3 'bad regular expression' "std.repeat('(', 100000), 'a'"
ends 3 'regexSubst: the result is too long' jsonnet --max-memory 64 \
  -e "std.native('regexSubst')('a', std.repeat('a', 1e6), std.repeat('b', 1e5))"

# Files that are none.
mkdir dir
mkfifo fifo
echo '{ a: import "cycle2.libsonnet" }' >cycle1.libsonnet
echo '(import "cycle1.libsonnet").a.a' >cycle2.libsonnet
for name in dir fifo /dev/zero nowhere; do
  ends 3 "couldn't open import \"$name\"" jsonnet -e "import '$name'"
  ends 3 "couldn't open import \"$name\"" jsonnet -e "importstr '$name'"
  ends 3 "couldn't open import \"$name\"" jsonnet -e "importbin '$name'"
done
ends 3 'infinite recursion' jsonnet cycle1.libsonnet
ends 4 'cannot read dir' jsonnet dir
ends 4 'does not end' jsonnet /dev/zero
ends 4 'does not end' jsonnet --ext-str-file v=/dev/zero -e 'std.extVar("v")'
ends 3 'max stack frames exceeded' jsonnet --ext-code v='std.extVar("v")' -e 'std.extVar("v")'
if ((EUID != 0)); then
  echo 1 >secret.libsonnet
  chmod 0 secret.libsonnet
  ends 4 'cannot read secret.libsonnet' jsonnet -e 'import "secret.libsonnet"'
fi

# Bytes that are no text.
head -c 100000 /dev/urandom >random.jsonnet
ends 3 '' jsonnet random.jsonnet
ends 3 '' fmt random.jsonnet
ends 1 '' lint random.jsonnet
printf '\xef\xbb\xbf1' >mark.jsonnet
ends 3 'the file begins with a byte order mark' jsonnet mark.jsonnet
printf '1\0' >nul.jsonnet
ends 3 'a character with code 0 has no meaning here' jsonnet nul.jsonnet
ends 3 'a character with code 0 has no meaning here' fmt nul.jsonnet
