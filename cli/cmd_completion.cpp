// kfctl completion: the scripts that make a shell ask `kfctl __complete`.
#include "base/text.h"
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/console.h"

namespace kfctl {
namespace {

// Bash splits words at '=' and ':' too, so what is offered is cut to what bash takes for the word.
constexpr std::string_view kBash = R"sh(# bash completion for kfctl
_kfctl() {
    local line=${COMP_LINE:0:COMP_POINT} words=() offered=() current cut text
    read -ra words <<<"$line"
    [[ $line == *[[:space:]] ]] && words+=("")
    current=${words[-1]}
    cut=${current%"${current##*[=:]}"}
    mapfile -t offered < <("${words[0]}" __complete -- "${words[@]:1}" 2>/dev/null)
    COMPREPLY=()
    for text in "${offered[@]}"; do
        case $text in
        :file) compopt -o filenames; mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY \
            < <(compgen -f -- "${current#"$cut"}") ;;
        :directory) compopt -o filenames; mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY \
            < <(compgen -d -- "${current#"$cut"}") ;;
        *) text=${text%%$'\t'*}; COMPREPLY+=("${text#"$cut"}") ;;
        esac
    done
}
complete -F _kfctl kfctl
)sh";

constexpr std::string_view kZsh = R"sh(#compdef kfctl
# zsh completion for kfctl
_kfctl() {
    local -a offered described
    local text
    offered=("${(@f)$("${words[1]}" __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    for text in "${offered[@]}"; do
        case $text in
        '') ;;
        :file) _files ;;
        :directory) _files -/ ;;
        *$'\t'*) described+=("${${text%%$'\t'*}//:/\\:}:${text#*$'\t'}") ;;
        *) described+=("${text//:/\\:}") ;;
        esac
    done
    (( $#described )) && _describe -t words kfctl described
}
if [[ ${funcstack[1]} == _kfctl ]]; then
    _kfctl "$@"
else
    compdef _kfctl kfctl
fi
)sh";

constexpr std::string_view kFish = R"sh(# fish completion for kfctl
function __kfctl_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    for text in (command $before[1] __complete -- $before[2..-1] "$current" 2>/dev/null)
        switch $text
            case :file
                __fish_complete_path "$current"
            case :directory
                __fish_complete_directories "$current"
            case '*'
                echo $text
        end
    end
end
complete -c kfctl -f -a '(__kfctl_complete)'
)sh";

}  // namespace

int cmd_completion(const Args& args, Console& console, World&) {
  const std::string& shell = args.word(0);
  if (shell == "bash")
    console.out(kBash);
  else if (shell == "zsh")
    console.out(kZsh);
  else if (shell == "fish")
    console.out(kFish);
  else {
    return console.fail(usage_error(
        "there is no completion for shell '" + shell + "'",
        did_you_mean(shell, {"bash", "zsh", "fish"}, "there is one for bash, zsh and fish")));
  }
  return kExitOk;
}

}  // namespace kfctl
