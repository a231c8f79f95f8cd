#include "templates/app/params_editor.h"

#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "templates/app/jsonnet_outline.h"
#include "templates/prototype/prototype.h"

namespace kfctl {
namespace {

class Editor {
 public:
  Editor(const ParamsEdit& edit, const JsonnetOutline& outline)
      : edit_(edit), outline_(outline), text_(edit.text) {}

  Result<std::string> set(std::string_view literal) {
    literal_ = literal;
    KF_TRY(const Spot spot, walk());
    if (spot.found != nullptr) return replaced(*spot.found);
    return inserted(spot.object, spot.depth);
  }

  Result<std::string> remove() {
    KF_TRY(const Spot spot, walk());
    if (spot.found == nullptr) return std::string(text_);
    return removed(spot.object, *spot.found);
  }

 private:
  // Where a path leads: the deepest object on it that exists, and the field itself if it does.
  struct Spot {
    ObjectOutline object;
    size_t depth = 0;  // `object` is the value at the first `depth` parts
    const Field* found = nullptr;
  };

  size_t begin_of(size_t token) const { return outline_.tokens()[token].begin; }
  size_t end_of(size_t token) const { return outline_.tokens()[token].end; }

  Error unusual(size_t token, const std::string& what) const {
    const size_t at = token < outline_.tokens().size() ? begin_of(token) : text_.size();
    const Place place = place_of(text_, at);
    std::string hint = "edit the file by hand";
    if (!literal_.empty()) {
      hint += ": set " + join(edit_.path, ".") + " to " + std::string(literal_);
    }
    return Error(ErrorKind::kProject,
                 std::string(edit_.name) + ":" + std::to_string(place.line) + ":" +
                     std::to_string(place.column) + ": " + what,
                 std::move(hint), excerpt_of(text_, at, 1));
  }

  // The object that the path starts in.
  Result<ObjectOutline> root() const {
    ObjectOutline object;
    if (edit_.file == ParamsFile::kEnvironment) {
      for (const TokenRange& value : outline_.locals()) {
        if (outline_.last_object(value, object) && object.find("components") != nullptr) {
          return object;
        }
      }
    }
    const bool found = outline_.last_object(outline_.body(), object) && !object.comprehension;
    const bool fits =
        edit_.file != ParamsFile::kEnvironment || object.find("components") != nullptr;
    if (found && fits) return object;
    return unusual(outline_.body().first,
                   edit_.file == ParamsFile::kEnvironment
                       ? "no object with a field 'components+' that kfctl could edit"
                       : "expected an object { ... } that kfctl could edit");
  }

  Result<Spot> walk() {
    Spot spot;
    KF_TRY(spot.object, root());
    adds_ = spot.object.summed;
    for (; spot.depth < edit_.path.size(); ++spot.depth) {
      if (spot.object.comprehension) {
        return unusual(spot.object.open, "this object is made by a 'for'");
      }
      const Field* field = spot.object.find(edit_.path[spot.depth]);
      if (field == nullptr) {
        KF_DO(check_names(spot.object, edit_.path[spot.depth]));
        return spot;
      }
      if (spot.depth + 1 == edit_.path.size()) {
        field_ = *field;
        spot.found = &field_;
        return spot;
      }
      ObjectOutline inner;
      if (!outline_.last_object(field->value, inner)) {
        return unusual(field->value.first,
                       "the value of '" + field->name + "' is no object that kfctl could edit");
      }
      spot.object = std::move(inner);
      adds_ = adds_ || spot.object.summed;
    }
    return spot;
  }

  // A name that the text does not spell out may be the one that is looked for.
  Status check_names(const ObjectOutline& object, const std::string& name) const {
    for (const Field& field : object.fields) {
      if (field.plain) continue;
      const size_t first = field.all.first;
      const bool other_method =
          outline_.tokens()[first].type == TokenType::kName && outline_.token_text(first) != name;
      if (!other_method)
        return unusual(first, "a computed name or a method, which may be '" + name + "'");
    }
    return Ok{};
  }

  std::string replaced(const Field& field) const {
    const size_t begin = begin_of(field.value.first), end = end_of(field.value.last - 1);
    std::string out(text_.substr(0, begin));
    // `a+: 1` would be added to what it was meant to replace.
    if (field.adds) out.erase(begin_of(field.separator), 1);
    out += reindented(literal_, indent_at(begin_of(field.all.first)));
    return out.append(text_.substr(end));
  }

  size_t line_begin(size_t at) const {
    const size_t newline = at == 0 ? std::string_view::npos : text_.rfind('\n', at - 1);
    return newline == std::string_view::npos ? 0 : newline + 1;
  }

  std::string indent_at(size_t at) const {
    const size_t begin = line_begin(at);
    size_t end = begin;
    while (end < text_.size() && (text_[end] == ' ' || text_[end] == '\t')) ++end;
    return std::string(text_.substr(begin, end - begin));
  }

  // `literal` with its second and later lines moved right by `indent`.
  static std::string reindented(std::string_view literal, const std::string& indent) {
    if (literal.find("|||") != std::string_view::npos) return std::string(literal);
    std::string out;
    for (const char c : literal) {
      out += c;
      if (c == '\n') out += indent;
    }
    return out;
  }

  static std::string key_text(const std::string& key) {
    return is_jsonnet_identifier(key) ? key : json_quote(key);
  }

  // "key: literal", with the objects on the way that are missing too. These must add to what the
  // layers below, or the summands before them, have there.
  std::string field_text(size_t depth, const std::string& indent) const {
    const std::string key = key_text(edit_.path[depth]);
    if (depth + 1 == edit_.path.size()) return key + ": " + reindented(literal_, indent);
    const char* colon = adds_ || edit_.file == ParamsFile::kEnvironment ? "+: " : ": ";
    const std::string inner = indent + "  ";
    return key + colon + "{\n" + inner + field_text(depth + 1, inner) + ",\n" + indent + "}";
  }

  // Where a member ends: behind its comma if it has one.
  size_t member_end(const ObjectOutline& object, bool& has_comma) const {
    const size_t last = object.close - 1;
    has_comma = last > object.open && outline_.token_text(last) == "," &&
                outline_.tokens()[last].type == TokenType::kSymbol;
    return end_of(last);
  }

  std::string inserted(const ObjectOutline& object, size_t depth) const {
    const size_t open = begin_of(object.open), close = begin_of(object.close);
    const bool empty = object.open + 1 == object.close;
    const size_t close_line = line_begin(close);
    // Before the brace may stand the end of a comment, into which nothing may be written.
    const bool own_line = close_line > open && end_of(object.close - 1) <= close_line &&
                          trim(text_.substr(close_line, close - close_line)).empty();
    const std::string outer = own_line ? indent_at(close) : indent_at(open);
    const std::string indent =
        empty || !own_line ? outer + "  " : indent_at(begin_of(object.open + 1));
    if (!own_line && empty) {
      const std::string_view gap = text_.substr(open + 1, close - open - 1);
      const std::string comments(trim(gap).empty() ? outer : gap);
      return std::string(text_.substr(0, open + 1)) + "\n" + indent + field_text(depth, indent) +
             ",\n" + comments + std::string(text_.substr(close));
    }
    bool has_comma = true;
    const size_t end = empty ? open + 1 : member_end(object, has_comma);
    std::string out(text_.substr(0, end));
    if (!has_comma) out += ',';
    if (!own_line) {  // { a: 1 }
      const std::string_view blank = text_.substr(end, close - end);
      return out + " " + field_text(depth, outer) + std::string(blank.empty() ? "" : blank) +
             std::string(text_.substr(close));
    }
    out += text_.substr(end, close_line - end);
    return out + indent + field_text(depth, indent) + ",\n" + std::string(text_.substr(close_line));
  }

  std::string removed(const ObjectOutline& object, const Field& field) const {
    size_t begin = begin_of(field.all.first);
    size_t end = end_of(field.all.last - 1);
    const bool has_comma = field.all.last < object.close;
    if (has_comma) end = end_of(field.all.last);
    const size_t line = line_begin(begin);
    size_t rest = end;
    while (rest < text_.size() && (text_[rest] == ' ' || text_[rest] == '\t')) ++rest;
    // A comment behind the field on its line goes with it.
    const bool comment = text_.substr(rest, 2) == "//" || text_.substr(rest, 1) == "#";
    if (comment) rest = std::min(text_.find('\n', rest), text_.size());
    const bool ends_line = rest < text_.size() && text_[rest] == '\n';
    if (ends_line && trim(text_.substr(line, begin - line)).empty()) {
      begin = line;
      end = rest + 1;
    } else if (has_comma) {
      while (end < text_.size() && text_[end] == ' ') ++end;
    } else if (field.all.first > object.open + 1) {
      begin = begin_of(field.all.first - 1);  // the comma before it
    }
    return std::string(text_.substr(0, begin)) + std::string(text_.substr(end));
  }

  const ParamsEdit& edit_;
  const JsonnetOutline& outline_;
  std::string_view text_;
  std::string_view literal_;
  Field field_;
  bool adds_ = false;  // an object on the path is the end of a sum
};

}  // namespace

Result<std::string> set_field(const ParamsEdit& edit, std::string_view literal) {
  KF_TRY(const JsonnetOutline outline, JsonnetOutline::read(edit.text, edit.name));
  return Editor(edit, outline).set(literal);
}

Result<std::string> remove_field(const ParamsEdit& edit) {
  KF_TRY(const JsonnetOutline outline, JsonnetOutline::read(edit.text, edit.name));
  return Editor(edit, outline).remove();
}

}  // namespace kfctl
