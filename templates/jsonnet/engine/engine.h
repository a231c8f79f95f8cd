// Our own jsonnet engine behind the seam of evaluator.h, and its richer doors for `kfctl jsonnet`.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "templates/jsonnet/evaluator.h"
#include "templates/jsonnet/provenance.h"

namespace kfctl {

namespace jsonnet {
class AstCache;
}

/// What an evaluation printed. Text is what the `jsonnet` command would print, byte for byte.
struct JsonnetText {
  std::string text;  // the value as JSON, or (kString) the string itself
  std::vector<std::pair<std::string, std::string>> files;  // kMulti: name and text, sorted by name
  std::vector<std::string> documents;                      // kStream: one text for each item
};

enum class JsonnetOutput {
  kJson,    // the value
  kString,  // the value must be a string, printed as it is
  kMulti,   // the value must be an object: one file for each field
  kStream,  // the value must be an array: one document for each item
};

/// The engine. Parsed files are kept for as long as it lives, and shared by its evaluations; each
/// of these runs on a stack of its own. Memory of an evaluation is given back at its end.
class JsonnetEngine : public Evaluator {
 public:
  JsonnetEngine();
  ~JsonnetEngine() override;

  Result<Json> evaluate(const JsonnetRequest& request) const override;

  /// The value as text. With `strings`, kMulti and kStream want strings and print them as they
  /// are. Errors: as for evaluate().
  Result<JsonnetText> print(const JsonnetRequest& request, JsonnetOutput output,
                            bool strings = false) const;

  /// Where parts of the value come from: evaluates the request, asks `choose` which paths of its
  /// value are meant, and goes back the way that each took. Slower than evaluate(), and for that
  /// reason apart from it. Errors: as for evaluate().
  Result<std::vector<Provenance>> explain(
      const JsonnetRequest& request,
      const std::function<std::vector<ValuePath>(const Json& value)>& choose) const;

 private:
  std::unique_ptr<jsonnet::AstCache> trees_;
};

}  // namespace kfctl
