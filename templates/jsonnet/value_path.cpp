#include "templates/jsonnet/value_path.h"

#include <charconv>

#include "base/json_diff.h"
#include "base/text.h"

namespace kfctl {
namespace {

class PathParser {
 public:
  explicit PathParser(std::string_view text) : text_(text) {}

  Result<ValuePath> parse() {
    ValuePath path;
    while (at_ < text_.size()) {
      if (text_[at_] == '[') {
        KF_DO(bracket(path));
      } else {
        if (!path.empty() || text_[at_] == '.') {
          if (text_[at_] != '.') return wrong("expected '.' or '['");
          ++at_;
        }
        KF_DO(name(path));
      }
    }
    return path;
  }

 private:
  Error wrong(std::string_view what) const {
    Error error = usage_error("this is not a path: " + std::string(what),
                              "write a path like spec.containers[0].image, and names with dots as "
                              "metadata.labels[\"a.b/c\"]");
    error.excerpt = excerpt_of(text_, at_, 1);
    return error;
  }

  Status name(ValuePath& path) {
    const size_t end = std::min(text_.find_first_of(".[", at_), text_.size());
    if (end == at_) return wrong("a name is missing");
    path.emplace_back(std::string(text_.substr(at_, end - at_)));
    at_ = end;
    return Ok{};
  }

  Status bracket(ValuePath& path) {
    ++at_;
    const char quote = at_ < text_.size() ? text_[at_] : '\0';
    if (quote == '"' || quote == '\'') {
      KF_DO(quoted(path, quote));
    } else {
      int64_t index = 0;
      const char* const end = text_.data() + text_.size();
      const auto [rest, error] = std::from_chars(text_.data() + at_, end, index);
      if (error != std::errc() || index < 0) return wrong("expected a number or a quoted name");
      path.emplace_back(index);
      at_ = static_cast<size_t>(rest - text_.data());
    }
    if (at_ >= text_.size() || text_[at_] != ']') return wrong("expected ']'");
    ++at_;
    return Ok{};
  }

  Status quoted(ValuePath& path, char quote) {
    std::string key;
    for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      key += text_[at_];
    }
    if (at_ >= text_.size()) return wrong("the quoted name does not end");
    ++at_;
    path.emplace_back(std::move(key));
    return Ok{};
  }

  std::string_view text_;
  size_t at_ = 0;
};

const Json* step_into(const Json& value, const PathStep& step) {
  if (!step.is_index()) return value.find(step.key);
  const bool there = value.is_array() && static_cast<size_t>(step.index) < value.items().size();
  return there ? &value.items()[static_cast<size_t>(step.index)] : nullptr;
}

Error leads_nowhere(const Json& value, const ValuePath& path, size_t known) {
  const ValuePath way(path.begin(), path.begin() + static_cast<ptrdiff_t>(known));
  const std::string where = known == 0 ? "it" : value_path_text(way);
  const PathStep& step = path[known];
  if (value.is_array()) {
    const std::string count = std::to_string(value.items().size());
    return usage_error(
        "there is no " + value_path_text(path) + ": " + where + " has " + count + " items",
        step.is_index() ? "items count from 0" : "choose one, as in " + where + "[0]");
  }
  if (!value.is_object()) {
    return usage_error("there is no " + value_path_text(path) + ": " + where + " is a " +
                       std::string(value.type_name()));
  }
  std::vector<std::string> names;
  for (const auto& [key, member] : value.members()) names.push_back(key);
  return usage_error(
      "there is no " + value_path_text(path) + ": " + where +
          (step.is_index() ? " is no array" : " has no field '" + step.key + "'"),
      did_you_mean(step.key, names, names.empty() ? "it is empty" : "it has " + join(names, ", ")));
}

void add_leaves(const Json& value, ValuePath& way, std::vector<ValuePath>& leaves) {
  if (value.is_object() && !value.members().empty()) {
    for (const auto& [key, member] : value.members()) {
      way.emplace_back(key);
      add_leaves(member, way, leaves);
      way.pop_back();
    }
  } else if (value.is_array() && !value.items().empty()) {
    for (size_t i = 0; i < value.items().size(); ++i) {
      way.emplace_back(static_cast<int64_t>(i));
      add_leaves(value.items()[i], way, leaves);
      way.pop_back();
    }
  } else {
    leaves.push_back(way);
  }
}

}  // namespace

Result<ValuePath> parse_value_path(std::string_view text) { return PathParser(text).parse(); }

std::string value_path_text(const ValuePath& path) {
  std::string text;
  for (const PathStep& step : path) {
    text =
        step.is_index() ? text + "[" + std::to_string(step.index) + "]" : json_path(text, step.key);
  }
  return text;
}

const Json* find_at(const Json& value, const ValuePath& path) {
  const Json* at = &value;
  for (size_t i = 0; i < path.size() && at != nullptr; ++i) at = step_into(*at, path[i]);
  return at;
}

Result<const Json*> require_at(const Json& value, const ValuePath& path) {
  const Json* at = &value;
  for (size_t i = 0; i < path.size(); ++i) {
    const Json* next = step_into(*at, path[i]);
    if (next == nullptr) return leads_nowhere(*at, path, i);
    at = next;
  }
  return at;
}

std::vector<ValuePath> leaves_of(const Json& value) {
  std::vector<ValuePath> leaves;
  ValuePath way;
  add_leaves(value, way, leaves);
  return leaves;
}

}  // namespace kfctl
