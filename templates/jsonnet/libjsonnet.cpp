#include "templates/jsonnet/libjsonnet.h"

#include <vector>

#include "base/module.h"
#include "templates/jsonnet/engine/errors.h"
#include "templates/jsonnet/engine/lexer.h"
#include "templates/jsonnet/engine/parse_file.h"

namespace kfctl {
namespace {

Result<const LibjsonnetModule*> libjsonnet() {
  KF_TRY(const void* const table, load_module("jsonnet", kLibjsonnetModuleAbi));
  return static_cast<const LibjsonnetModule*>(table);
}

using jsonnet::Op;

// True if an expression of this kind begins with another one, its `a`.
bool continues(Op op) {
  return (op >= Op::kAdd && op <= Op::kOr) || op == Op::kCall || op == Op::kField ||
         op == Op::kIndex || op == Op::kSlice;
}

// For each operator of a row the formatter walks back to where the row begins, so its time is the
// square of the row's length: about 15 ns a step, which makes this 6 s.
constexpr uint64_t kMostSteps = uint64_t{20'000} * 20'000;

// A node comes after those that it is made of, so one pass finds every row.
Status check_rows(const jsonnet::AstDraft& tree) {
  std::vector<uint32_t> length(tree.nodes.size());
  uint64_t steps = 0;
  for (size_t id = 1; id < tree.nodes.size(); ++id) {
    const jsonnet::Node& node = tree.nodes[id];
    if (!continues(node.op)) continue;
    length[id] = length[node.a] + 1;
    steps += 2 * uint64_t{length[id]} - 1;
    if (steps <= kMostSteps) continue;
    const jsonnet::SyntaxError too_long{node.pos, node.pos + 1,
                                        "this is too long a row of operators to be laid out",
                                        "the time for it grows with the square of its length; "
                                        "std.foldl or std.join say it shortly"};
    return jsonnet::syntax_error(tree.path, *tree.source, too_long);
  }
  return Ok{};
}

}  // namespace

Result<const Evaluator*> libjsonnet_evaluator() {
  KF_TRY(const LibjsonnetModule* const module, libjsonnet());
  return module->evaluator;
}

Result<std::string> format_jsonnet(const std::string& path, const std::string& text,
                                   const FormatStyle& style) {
  // Our parser says more clearly what is wrong, and where.
  KF_TRY(const jsonnet::AstDraft tree,
         jsonnet::parse_file(path, std::make_shared<const std::string>(text)));
  KF_DO(check_rows(tree));
  KF_TRY(const LibjsonnetModule* const module, libjsonnet());
  return module->format(path, text, style);
}

}  // namespace kfctl
