// Flags: what a flag is, and the groups of flags that several commands share.
//
// These structures are plain constants. The parser, help, man pages and completion all read them,
// and nothing else describes a flag.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace kfctl {

/// What the shell offers for a value or an argument.
enum class Completes {
  kNothing,
  kFile,
  kDirectory,
  kEnvironment,
  kComponent,
  kModule,
  kPrototype,
  kParameter,  // of the component that was named before
  kContext,    // of the kubeconfig
  kCommand,
};

struct Flag {
  std::string_view name = {};       // without the dashes
  char letter = '\0';               // the short form, or none
  std::string_view value = {};      // what help calls its value: "FILE"; "" makes it a switch
  std::string_view help = {};       // one sentence, no capital, no full stop
  std::string_view alias = {};      // another long name, for those who come from ks; not in help
  std::string_view choices = {};    // "table|json|yaml": the only values it takes; "" any
  std::string_view otherwise = {};  // what holds when it is not given, for help only
  bool repeats = false;             // every value counts; else the last one wins
  Completes completes = Completes::kNothing;

  bool is_switch() const { return value.empty(); }
};

struct FlagGroup {
  std::string_view title;  // "Jsonnet flags"
  std::span<const Flag> flags;
};

extern const FlagGroup kGlobalFlags;       // every command has these
extern const FlagGroup kConnectionFlags;   // which cluster, as whom; names as in kubectl and ks
extern const FlagGroup kJsonnetFlags;      // external variables, top-level arguments, search path
extern const FlagGroup kLanguageFlags;     // the same without --evaluator, for `kfctl jsonnet`
extern const FlagGroup kDestinationFlags;  // where an environment's objects go
extern const FlagGroup kProfileFlags;      // --profile, of show and jsonnet
extern const FlagGroup kSelectionFlags;    // -c, of show, diff, apply and delete
extern const FlagGroup kChangeFlags;       // what may be changed, of plan, apply and rollback
extern const FlagGroup kApplyFlags;        // how it is done and recorded, of apply and rollback
extern const FlagGroup kFormatFlags;       // -o table|json|yaml
extern const FlagGroup kStyleFlags;        // how `kfctl fmt` lays code out, named as in jsonnetfmt

/// The filled beginning of a fixed array: up to the first entry without a name.
template <typename T, size_t N>
std::span<const T> filled(const T (&entries)[N]) {
  size_t count = 0;
  while (count < N && !entries[count].name.empty()) ++count;
  return {entries, count};
}

}  // namespace kfctl
