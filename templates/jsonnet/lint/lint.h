// The linter: what is wrong with jsonnet code, or most likely not meant, without evaluating it.
//
// A finding is a fact about the text: a rule that cannot prove what it says keeps quiet. What a
// value is, is followed through locals, imports, fields of object literals, sums of these and calls
// of known functions; self, super, parameters and external variables may be anything. Below a
// condition that mentions a name, nothing is said about that name's value.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "templates/jsonnet/evaluator.h"
#include "templates/jsonnet/lint/finding.h"

namespace kfctl::lint {

class Sources;

/// Lints files that import each other; each is read once. Belongs to one thread.
class Linter {
 public:
  /// `importer` must outlive the linter. An import that it cannot resolve may be anything.
  explicit Linter(Importer& importer);
  ~Linter();

  /// The findings of one text, by place. A text that does not parse has one, of the rule "syntax".
  /// Rules in `disabled`, and those that a comment of the file silences, are left out:
  ///   x // lint-ignore: RULE, RULE       of this line, or of the next if it stands alone
  ///   // lint-ignore-file: RULE          of the whole file
  std::vector<Finding> lint(const std::string& path, std::shared_ptr<const std::string> text,
                            const std::set<std::string>& disabled = {});

 private:
  std::unique_ptr<Sources> sources_;
};

}  // namespace kfctl::lint
