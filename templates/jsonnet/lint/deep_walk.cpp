#include "templates/jsonnet/lint/deep_walk.h"

#include <optional>

#include "templates/jsonnet/engine/errors.h"
#include "templates/jsonnet/engine/native_stack.h"

namespace kfctl::lint {
namespace {

// The walks here have larger frames than the resolver's, which was let through with less.
constexpr size_t kWalkStack = size_t{1} << 30;

}  // namespace

Status walk_deep(const jsonnet::AstDraft& tree, const std::function<void()>& walk) {
  std::optional<Error> error;
  jsonnet::run_on_large_stack(kWalkStack, [&] {
    try {
      walk();
    } catch (const jsonnet::SyntaxError& too_deep) {
      error = jsonnet::syntax_error(tree.path, *tree.source, too_deep);
    }
  });
  if (error) return std::move(*error);
  return Ok{};
}

void check_depth(const jsonnet::Node& node) {
  if (jsonnet::stack_is_low())
    throw jsonnet::SyntaxError{node.pos, node.pos + 1, "this is nested too deeply", ""};
}

}  // namespace kfctl::lint
