// Arrays, and the for and if of comprehensions.
#include "templates/jsonnet/engine/parser_impl.h"

namespace kfctl::jsonnet {

NodeId Parser::array() {
  const uint32_t pos = take().begin;
  if (accept(Tok::kBracketR)) return make(Op::kArray, pos);
  const size_t mark = scratch_.size();
  bool comma = false;
  for (;;) {
    scratch_.push_back(expression(kLowest));
    comma = accept(Tok::kComma);
    if (accept(Tok::kBracketR)) break;
    if (token_.kind == Tok::kFor && scratch_.size() == mark + 1) return array_for(pos, mark);
    if (!comma) fail(token_, "expected ',' or ']' in the array, not " + shown(token_));
  }
  const uint32_t count = static_cast<uint32_t>(scratch_.size() - mark);
  return make(Op::kArray, pos, commit(mark), count);
}

NodeId Parser::array_for(uint32_t pos, size_t mark) {
  const NodeId element = scratch_[mark];
  scratch_.resize(mark);
  return make(Op::kArrayComp, pos, element, specs(Tok::kBracketR));
}

uint32_t Parser::specs(Tok end) {
  const size_t mark = scratch_.size();
  scratch_.push_back(0);
  for (;;) {
    if (accept(Tok::kFor)) {
      const uint32_t pos = token_.begin;
      const SymbolId name = expect_name("after 'for'");
      expect(Tok::kIn, "after the name of the loop");
      const NodeId source = expression(kLowest);
      // As in a binding, the name's position waits where the resolver will put the slots.
      scratch_.insert(scratch_.end(), {static_cast<uint32_t>(SpecKind::kFor), name, pos, source});
    } else if (accept(Tok::kIf)) {
      const NodeId condition = expression(kLowest);
      scratch_.insert(scratch_.end(), {static_cast<uint32_t>(SpecKind::kIf), 0, 0, condition});
    } else {
      break;
    }
    scratch_[mark]++;
  }
  if (token_.kind != end)
    fail(token_,
         "expected 'for', 'if' or " + std::string(token_name(end)) + ", not " + shown(token_));
  advance();
  return commit(mark);
}

}  // namespace kfctl::jsonnet
