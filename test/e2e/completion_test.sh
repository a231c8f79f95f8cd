#!/usr/bin/env bash
# Completion: what kfctl offers, and that the shells take it.
. "$(dirname "$0")/lib.sh"
make_app
run 0 env add prod

words() { cut -f1 <<<"$out"; }
run 0 __complete -- ''
[[ $(words) == *$'\nshow\n'* ]] || fail 'no show'
run 0 __complete -- env a
out_has $'add\tAdd an environment'
run 0 __complete -- show ''
[[ $(words) == $'default\nprod' ]] || fail 'no environments'
run 0 __complete -- show -c ''
[[ $(words) == web ]] || fail 'no components'
run 0 __complete -- generate jup
[[ $(words) == jupyter ]] || fail 'no prototypes'
run 0 __complete -- param set web ima
[[ $(words) == image ]] || fail 'no parameters'
run 0 __complete -- diff --output=u
[[ $(words) == --output=unified ]] || fail 'no values'
run 0 __complete -- generate x y --values-file ''
out_is ':file'
(cd / && "$KFCTL" __complete -- show '') >"$scratch/out" 2>&1 || fail 'must not fail outside an app'
[[ ! -s $scratch/out ]] || fail 'must be silent outside an app'

# The shells find the program by its name.
mkdir "$scratch/bin"
ln -s "$(readlink -f "$KFCTL")" "$scratch/bin/kfctl"
export PATH=$scratch/bin:$PATH

"$KFCTL" completion bash >"$scratch/kfctl.bash"
in_bash() {  # LINE: what bash offers behind it
  bash -c ". '$scratch/kfctl.bash'; COMP_LINE=\$1 COMP_POINT=\${#1}; _kfctl 2>/dev/null
           printf '%s\n' \"\${COMPREPLY[@]}\"" bash "$1"
}
[[ $(in_bash 'kfctl di') == diff ]] || fail 'bash: command'
[[ $(in_bash 'kfctl show ') == $'default\nprod' ]] || fail 'bash: environments'
[[ $(in_bash 'kfctl diff --output=js') == json ]] || fail 'bash: value behind ='

if command -v fish >/dev/null; then
  "$KFCTL" completion fish >"$scratch/kfctl.fish"
  [[ $(fish -c "source $scratch/kfctl.fish; complete -C 'kfctl param se'") == *set* ]] ||
    fail 'fish: command'
  [[ $(fish -c "source $scratch/kfctl.fish; complete -C 'kfctl show '") == $'default\nprod' ]] ||
    fail 'fish: environments'
fi
if command -v zsh >/dev/null; then
  "$KFCTL" completion zsh >"$scratch/_kfctl"
  zsh -n "$scratch/_kfctl" || fail 'zsh: syntax'
  got=$(zsh -fc "compdef() { :; }; . $scratch/_kfctl
    _describe() { print -rl -- \"\${described[@]}\"; }
    words=(kfctl env l); CURRENT=3; _kfctl")
  [[ $got == 'list:List the environments and their destinations' ]] || fail "zsh: $got"
fi
