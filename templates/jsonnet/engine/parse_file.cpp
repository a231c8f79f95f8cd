#include "templates/jsonnet/engine/parse_file.h"

#include <functional>
#include <optional>

#include "base/text.h"
#include "templates/jsonnet/engine/ast_cache.h"
#include "templates/jsonnet/engine/errors.h"
#include "templates/jsonnet/engine/native_stack.h"
#include "templates/jsonnet/engine/parser.h"
#include "templates/jsonnet/engine/resolver.h"

namespace kfctl::jsonnet {
namespace {

constexpr size_t kParserStack = size_t{60} << 20;  // for the deepest nesting that the parser takes

// Runs what may throw a SyntaxError on a stack of its own.
Status guarded(const std::string& path, const std::string& source,
               const std::function<void()>& work) {
  std::optional<Error> error;
  run_on_large_stack(kParserStack, [&] {
    try {
      work();
    } catch (const SyntaxError& wrong) {
      error = syntax_error(path, source, wrong);
    }
  });
  if (error) return std::move(*error);
  return Ok{};
}

}  // namespace

Result<AstDraft> parse_file(const std::string& path, std::shared_ptr<const std::string> source) {
  if (find_invalid_utf8(*source) != std::string_view::npos)
    source = std::make_shared<const std::string>(valid_utf8(*source));
  AstDraft draft;
  KF_DO(guarded(path, *source, [&] { draft = parse(path, source); }));
  return draft;
}

Status check_names(AstDraft draft) {
  return guarded(draft.path, *draft.source, [&] { resolve(draft); });
}

}  // namespace kfctl::jsonnet
