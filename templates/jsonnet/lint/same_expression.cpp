#include "templates/jsonnet/lint/checks.h"

namespace kfctl::lint {
namespace {

constexpr int kMostNodes = 200;  // an expression that is longer was not repeated by a slip

class Comparison {
 public:
  explicit Comparison(const File& file) : file_(file) {}

  bool same(NodeId a, NodeId b) {
    if (++compared_ > kMostNodes) return false;
    const Node& left = file_.tree.node(a);
    const Node& right = file_.tree.node(b);
    return left.op == right.op && left.flags == right.flags && same_node(a, b, left, right) &&
           same_children(a, b);
  }

 private:
  bool same_node(NodeId a, NodeId b, const Node& left, const Node& right) const {
    switch (left.op) {
      case Op::kNumber:
        return left.a == right.a && left.b == right.b;
      case Op::kString:
      case Op::kImport:
      case Op::kImportStr:
      case Op::kImportBin:
        return file_.tree.string(left.a) == file_.tree.string(right.a);
      case Op::kVar:
        return left.a == right.a && file_.names.by_node[a] == file_.names.by_node[b];
      case Op::kField:
        return left.b == right.b;
      case Op::kSuperField:
        return left.a == right.a;
      case Op::kCall:
        return same_call(left, right);
      case Op::kSlice:  // a missing part is no child, so [1:] and [:1] would look the same
      case Op::kIf:
      case Op::kAssert:
      case Op::kLocal:
      case Op::kArrayComp:
      case Op::kObjectComp:
      case Op::kFunction:
        return false;
      case Op::kObject:
        return object_of(file_.tree, left).fields.empty() &&
               object_of(file_.tree, right).fields.empty();
      default:
        return true;
    }
  }

  bool same_call(const Node& left, const Node& right) const {
    const CallView a = call_of(file_.tree, left), b = call_of(file_.tree, right);
    if (a.positional.size() != b.positional.size() || a.named.size() != b.named.size())
      return false;
    for (size_t i = 0; i < a.named.size(); ++i)
      if (a.named[i].name != b.named[i].name) return false;
    return true;
  }

  bool same_children(NodeId a, NodeId b) {
    const std::vector<NodeId> left = children_of(file_.tree, a), right = children_of(file_.tree, b);
    if (left.size() != right.size()) return false;
    for (size_t i = 0; i < left.size(); ++i)
      if (!same(left[i], right[i])) return false;
    return true;
  }

  const File& file_;
  int compared_ = 0;
};

}  // namespace

bool same_expression(const File& file, NodeId a, NodeId b) { return Comparison(file).same(a, b); }

}  // namespace kfctl::lint
