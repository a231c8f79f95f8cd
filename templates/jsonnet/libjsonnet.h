// Google's libjsonnet, the reference implementation of the language: its evaluator, to compare
// with, and its formatter. It is a module (base/module.h), because nearly no command needs it and
// each would pay for it at start. All functions here may be called from any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "templates/jsonnet/evaluator.h"

namespace kfctl {

/// How code is laid out. The defaults are those of the jsonnetfmt command.
struct FormatStyle {
  int indent = 2;            // spaces for each level; 0 leaves them as they are
  int max_blank_lines = 2;   // in a row; 0 leaves them as they are
  char string_style = 's';   // 'd'ouble or 's'ingle quotes, or 'l'eave them
  char comment_style = 's';  // 'h' for #, 's' for //, or 'l'eave them
  bool pad_arrays = false;   // [ 1, 2 ]
  bool pad_objects = true;   // { a: 1 }
  bool pretty_names = true;  // a and x.a instead of 'a' and x['a']
  bool sort_imports = true;  // at the top of a file
};

inline constexpr uint32_t kLibjsonnetModuleAbi = 1;
struct LibjsonnetModule {
  const Evaluator* evaluator;  // lives as long as the process
  Result<std::string> (*format)(const std::string& path, const std::string& text,
                                const FormatStyle& style);
};

/// The reference evaluator. Each evaluation makes a virtual machine of its own, which costs about
/// 40 ms (libjsonnet reads its standard library again each time): put what belongs together into
/// one evaluation. Errors: those of load_module.
Result<const Evaluator*> libjsonnet_evaluator();

/// `text` laid out in that style; `path` names it in messages.
/// Errors: those of load_module; kProject, with place and excerpt, for a syntax error and for rows
/// of operators so long (20,000 in a file with one) that laying them out would take minutes.
Result<std::string> format_jsonnet(const std::string& path, const std::string& text,
                                   const FormatStyle& style);

}  // namespace kfctl
