// Objects: their members, the colons of a field, object comprehensions.
#include <span>
#include <utility>

#include "templates/jsonnet/engine/parser_impl.h"

namespace kfctl::jsonnet {

NodeId Parser::object(uint32_t pos) {
  ObjectParts parts{fields_.size(), locals_.size(), asserts_.size()};
  objects_.push_back({});
  for (;;) {
    if (accept(Tok::kBraceR)) return make(Op::kObject, pos, finish_object(parts));
    if (token_.kind == Tok::kFor) return object_for(pos, parts);
    member(parts);
    const bool comma = accept(Tok::kComma);
    if (!comma && token_.kind != Tok::kBraceR && token_.kind != Tok::kFor)
      fail(token_, "expected ',' or '}' after a field, not " + shown(token_));
  }
}

uint32_t Parser::finish_object(const ObjectParts& parts) {
  const uint32_t begin = static_cast<uint32_t>(ast_.extra.size());
  const std::span<const ObjectField> fields = std::span(fields_).subspan(parts.fields);
  const std::span<const uint32_t> locals = std::span(locals_).subspan(parts.locals);
  const std::span<const uint32_t> asserts = std::span(asserts_).subspan(parts.asserts);
  const bool environment = objects_.back().uses_self || !locals.empty();
  objects_.pop_back();
  const uint32_t bound = static_cast<uint32_t>(locals.size() / 3);
  ast_.extra.insert(ast_.extra.end(), {static_cast<uint32_t>(fields.size()), bound,
                                       static_cast<uint32_t>(asserts.size() / 2),
                                       environment ? kObjectSlots + bound : 0});
  for (const ObjectField& field : fields)
    ast_.extra.insert(ast_.extra.end(),
                      {field.key, field.body, field.flags, field.slots, field.pos});
  ast_.extra.insert(ast_.extra.end(), locals.begin(), locals.end());
  ast_.extra.insert(ast_.extra.end(), asserts.begin(), asserts.end());
  fields_.resize(parts.fields);
  locals_.resize(parts.locals);
  asserts_.resize(parts.asserts);
  return begin;
}

NodeId Parser::object_for(uint32_t pos, ObjectParts& parts) {
  if (asserts_.size() > parts.asserts)
    fail(parts.first_assert, "an object comprehension cannot have assertions");
  if (fields_.size() != parts.fields + 1)
    fail(token_, "an object comprehension must have exactly one field");
  const ObjectField field = fields_.back();
  const Token at{Tok::kIdent, field.pos, field.pos + 1, 0, {}};
  if ((field.flags & kComputedKey) == 0)
    fail(at, "the field of an object comprehension needs a computed name: [expression]");
  if ((field.flags & kVisMask) != kVisInherit)
    fail(at, "the field of an object comprehension cannot be hidden");
  const uint32_t list = finish_object(parts);
  return make(Op::kObjectComp, pos, list, specs(Tok::kBraceR));
}

void Parser::member(ObjectParts& parts) {
  switch (token_.kind) {
    case Tok::kLocal: {
      advance();
      const size_t mark = scratch_.size();
      scratch_.push_back(0);
      binding(mark);
      locals_.insert(locals_.end(), scratch_.begin() + static_cast<ptrdiff_t>(mark) + 1,
                     scratch_.end());
      scratch_.resize(mark);
      return;
    }
    case Tok::kAssert: {
      parts.first_assert = take();
      const NodeId condition = expression(kLowest);
      const NodeId message = at_operator(":") ? (advance(), expression(kLowest)) : 0;
      asserts_.insert(asserts_.end(), {condition, message});
      return;
    }
    default:
      fields_.push_back(field());
  }
}

ObjectField Parser::field() {
  ObjectField field;
  field.pos = token_.begin;
  const Token begin = token_;
  uint32_t name = 0;
  if (accept(Tok::kBracketL)) {
    // The name is computed outside of the object: its self is the one further out.
    const ObjectContext inner = objects_.back();
    objects_.pop_back();
    field.key = expression(kLowest);
    objects_.push_back(inner);
    field.flags |= kComputedKey;
    expect(Tok::kBracketR, "after the computed field name");
  } else if (begin.kind == Tok::kIdent || begin.kind == Tok::kString ||
             begin.kind == Tok::kTextBlock) {
    field.key = symbols_.id(begin.text);
    name = field.key + 1;
    advance();
  } else {
    unexpected("where a field should be",
               begin.kind > Tok::kDollar ? "quote a field whose name is a keyword" : "");
  }
  if (accept(Tok::kParenL)) {
    const size_t mark = scratch_.size();
    parameters();
    colons(field, begin, true);
    const NodeId body = expression(kLowest);
    field.body = finish_function(mark, begin.begin, name, body);
  } else {
    colons(field, begin, false);
    // Locals in the body need an environment of the field's own. Those of a function inside it
    // are counted too: the environment is then there for nothing, which is harmless.
    const bool outside = std::exchange(has_locals_, false);
    field.body = expression(kLowest);
    field.slots = has_locals_ && ast_.node(field.body).op != Op::kFunction ? 1 : 0;
    has_locals_ = outside;
  }
  return field;
}

void Parser::colons(ObjectField& field, const Token& name, bool method) {
  if (token_.kind != Tok::kOperator)
    fail(token_, "expected ':' after the field name, not " + shown(token_));
  uint32_t code = token_.code;
  const bool adds = token_.text.starts_with('+');
  if (adds) {
    if (method) fail(name, "a method cannot be added with '+:'");
    field.flags |= kPlusField;
    objects_.back().uses_self = true;  // it adds to super
    code = operator_code(token_.text.substr(1));
  }
  if (code == operator_code("::")) {
    field.flags |= kVisHidden;
  } else if (code == operator_code(":::")) {
    field.flags |= kVisForced;
  } else if (code != operator_code(":")) {
    fail(token_, "expected one of : :: ::: +: +:: +::: after the field name, not " + shown(token_));
  }
  advance();
}

}  // namespace kfctl::jsonnet
