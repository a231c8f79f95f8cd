#!/usr/bin/env bash
# deb_test.sh BUILD: the Debian package of a build tree, unpacked beside the system, works as it is.
set -euo pipefail
build=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "deb_test: $*"; exit 1; }

(cd "$build" && cpack -G DEB -B "$work/package") >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
mapfile -t packages < <(find "$work/package" -maxdepth 1 -name '*.deb')
((${#packages[@]} == 1)) || fail "cpack made ${#packages[@]} packages"
package=${packages[0]}

depends=$(dpkg-deb -f "$package" Depends)
for library in libc6 libstdc++6 libcurl4 ca-certificates; do
  [[ $depends == *$library* ]] || fail "Depends lacks $library: $depends"
done
[[ $depends != *cuda* && $depends != *cublas* ]] || fail "Depends names CUDA: $depends"

dpkg -x "$package" "$work/tree"
for file in bin/kfctl lib/kfctl/libkfctl_http.so share/man/man1/kfctl.1 share/doc/kfctl/copyright \
  share/bash-completion/completions/kfctl share/zsh/vendor-completions/_kfctl \
  share/fish/vendor_completions.d/kfctl.fish; do
  [[ -s $work/tree/usr/$file ]] || fail "the package lacks $file"
done

# Nothing of this machine's environment, nothing beside the tree but the system's libraries.
kfctl() { env -i PATH=/usr/bin:/bin HOME="$work/home" "$work/tree/usr/bin/kfctl" "$@"; }
mkdir "$work/home"
[[ $(kfctl version) == "kfctl "[0-9]* ]] || fail "kfctl version: $(kfctl version)"
cd "$work"
kfctl init demo >/dev/null 2>&1
cd demo
kfctl generate webapp hello --image nginx:1.27 >/dev/null 2>&1
kfctl show default >"$work/shown"
grep -q '^kind: Deployment$' "$work/shown" || fail "kfctl show printed: $(<"$work/shown")"
