#include "cluster/schema/check_value.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <regex>
#include <set>

#include "base/text.h"
#include "cluster/schema/formats.h"

namespace kfctl {
namespace {

constexpr size_t kMaxPatternText = 1000;  // of a value that is matched with a pattern
constexpr int kMaxSearchDepth = 4;        // how far below a misplaced field is looked for

// Where the walk is; a text is made of it only for a problem.
struct Place {
  const Place* above;
  std::string_view key;  // of a member, or
  size_t index = 0;      // of an element
  bool is_element = false;

  std::string text(const std::string& root) const {
    if (above == nullptr) return root;
    if (is_element) return above->text(root) + "[" + std::to_string(index) + "]";
    return json_path(above->text(root), key);
  }
};

std::string_view word_for(ValueType type) {
  switch (type) {
    case ValueType::kObject:
    case ValueType::kMap:
    case ValueType::kNamed:
      return "an object";
    case ValueType::kArray:
      return "an array";
    case ValueType::kInt32:
    case ValueType::kInt64:
      return "a whole number";
    case ValueType::kNumber:
      return "a number";
    case ValueType::kBool:
      return "true or false";
    case ValueType::kQuantity:
      return "a quantity such as 500m or 1Gi";
    case ValueType::kIntOrString:
      return "a whole number or a string";
    case ValueType::kBytes:
      return "a base64 string";
    case ValueType::kAny:
    case ValueType::kString:
    case ValueType::kTime:
      break;
  }
  return "a string";
}

bool is_whole(const Json& value) {
  return value.is_int() ||
         (value.is_double() && value.as_double() == std::floor(value.as_double()) &&
          std::abs(value.as_double()) < 9.3e18);
}

bool fits(const Json& value, ValueType type) {
  switch (type) {
    case ValueType::kAny:
      return true;
    case ValueType::kObject:
    case ValueType::kMap:
    case ValueType::kNamed:
      return value.is_object();
    case ValueType::kArray:
      return value.is_array();
    case ValueType::kString:
    case ValueType::kBytes:
    case ValueType::kTime:
      return value.is_string();
    case ValueType::kInt32:
    case ValueType::kInt64:
      return is_whole(value);
    case ValueType::kNumber:
      return value.is_number();
    case ValueType::kBool:
      return value.is_bool();
    case ValueType::kQuantity:
      return value.is_string() || value.is_number();
    case ValueType::kIntOrString:
      return value.is_string() || is_whole(value);
  }
  return false;
}

// The way out of a wrong type, where there is an obvious one.
std::string type_hint(const Json& value, ValueType type, bool secret) {
  const bool wants_text = type == ValueType::kString;
  if (wants_text && (value.is_number() || value.is_bool())) {
    return secret ? "write it in quotes" : "write it in quotes: \"" + value.dump() + "\"";
  }
  if (!value.is_string() || secret) return "";
  const std::string& text = value.as_string();
  const bool numeric =
      !text.empty() && text.size() < 20 &&
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  const bool wants_number =
      type == ValueType::kInt32 || type == ValueType::kInt64 || type == ValueType::kNumber;
  const bool truth = type == ValueType::kBool && (text == "true" || text == "false");
  if ((wants_number && numeric) || truth) return "write it without quotes: " + text;
  return "";
}

class Walk {
 public:
  Walk(const std::string& root, const Facts& facts, Reporter& to, bool partial)
      : root_(root), facts_(facts), to_(to), partial_(partial) {}

  void check(const Json& value, const Schema& schema, const Place& place) {
    if (value.is_null()) return check_null(schema, place);
    if (!fits(value, schema.type)) return wrong_type(value, schema.type, place);
    if (!schema.values.empty()) check_values(value, schema, place);
    if (schema.limits != nullptr) check_limits(value, *schema.limits, place);
    switch (schema.type) {
      case ValueType::kNamed:
        if (const Schema* const type = facts_.type(schema.type_name))
          check_fields(value, *type, place);
        return;
      case ValueType::kObject:
        return check_fields(value, schema, place);
      case ValueType::kMap:
        for (const auto& [key, member] : value.members()) {
          // A null among a map's values is kept, unlike one in the place of a field.
          if (member.is_null() && schema.items->type == ValueType::kString) {
            wrong_type(member, ValueType::kString, {&place, key});
          } else {
            check(member, *schema.items, {&place, key});
          }
        }
        return;
      case ValueType::kArray:
        return check_array(value, schema, place);
      default:
        return check_scalar(value, schema.type, place);
    }
  }

 private:
  void error(const Place& place, std::string message, std::string hint = "") {
    to_.error(place.text(root_), std::move(message), std::move(hint));
  }

  // To the types of Kubernetes null is a field that is not there; a definition says what it is.
  void check_null(const Schema& schema, const Place& place) {
    if (schema.limits == nullptr || schema.limits->nullable) return;
    if (schema.type != ValueType::kAny) wrong_type(Json(), schema.type, place);
  }

  void wrong_type(const Json& value, ValueType type, const Place& place) {
    error(place,
          "must be " + std::string(word_for(type)) + ", not " +
              (to_.secret() ? std::string(value.type_name()) : value_text(value)),
          type_hint(value, type, to_.secret()));
  }

  void check_values(const Json& value, const Schema& schema, const Place& place) {
    // "" is how Go programs write a field that is not set.
    if (schema.limits == nullptr && value.is_string() && value.as_string().empty()) return;
    if (std::find(schema.values.begin(), schema.values.end(), value) != schema.values.end()) return;
    std::vector<std::string> words;
    for (const Json& one : schema.values) {
      words.push_back(one.is_string() ? one.as_string() : one.dump());
    }
    error(place, "must be one of " + join(words, ", ") + ", not " + value_text(value),
          value.is_string() ? did_you_mean(value.as_string(), words) : "");
  }

  void check_fields(const Json& value, const Schema& type, const Place& place) {
    for (const auto& [key, member] : value.members()) {
      const SchemaField* const field = type.find(key);
      if (field != nullptr) {
        const bool was_partial = partial_;
        partial_ = partial_ || (place.above == nullptr && root_.empty() && key == "status");
        check(member, field->schema, {&place, key});
        partial_ = was_partial;
      } else if (!type.open) {
        unknown_field(key, type, place);
      }
    }
    if (partial_) return;
    for (const SchemaField& field : type.fields) {
      if (!field.required) continue;
      const Json* const member = value.find(field.name);
      if (member == nullptr || (member->is_null() && field.schema.limits == nullptr)) {
        missing_field(field, place);
      }
    }
  }

  void unknown_field(const std::string& key, const Schema& type, const Place& place) {
    std::vector<std::string> names;
    for (const SchemaField& field : type.fields) names.push_back(field.name);
    const std::string elsewhere = find_below(key, type);
    std::string hint;
    if (elsewhere.empty()) {
      hint = did_you_mean(key, names);
    } else {
      const std::string here = place.text(root_);
      hint = "'" + key + "' belongs into " + (here.empty() ? "" : here + ".") + elsewhere;
    }
    to_.key_error(Place{&place, key}.text(root_), "unknown field '" + key + "'", std::move(hint));
  }

  // "template.spec" if that is where a field of this name is, nearest first.
  std::string find_below(const std::string& key, const Schema& type) const {
    struct Level {
      std::string path;
      const Schema* type;
      int depth;
    };
    std::vector<Level> queue = {{"", &type, 0}};
    std::set<const Schema*> seen = {&type};
    for (size_t next = 0; next < queue.size(); ++next) {
      const Level level = queue[next];
      if (level.depth > 0 && level.type->find(key) != nullptr) return level.path;
      if (level.depth == kMaxSearchDepth) continue;
      for (const SchemaField& field : level.type->fields) {
        if (field.name == "status" || field.schema.type != ValueType::kNamed) continue;
        const Schema* const below = facts_.type(field.schema.type_name);
        if (below == nullptr || !seen.insert(below).second) continue;
        queue.push_back(
            {level.path + (level.path.empty() ? "" : ".") + field.name, below, level.depth + 1});
      }
    }
    return "";
  }

  void missing_field(const SchemaField& field, const Place& place) {
    const bool custom = field.schema.limits != nullptr;
    std::string message = "required field '" + field.name + "' is missing";
    if (field.schema.type == ValueType::kBool && !custom) {
      to_.warn(place.text(root_), std::move(message), "the server takes it for false");
    } else {
      error(place, std::move(message));
    }
  }

  void check_array(const Json& value, const Schema& schema, const Place& place) {
    const Json::Array& items = value.items();
    for (size_t i = 0; i < items.size(); ++i) {
      check(items[i], *schema.items, {&place, {}, i, true});
    }
    if (!schema.is_set && schema.keys.empty()) return;
    std::vector<std::pair<std::string, size_t>> seen;
    for (size_t i = 0; i < items.size(); ++i) seen.emplace_back(identity(items[i], schema), i);
    std::sort(seen.begin(), seen.end());
    for (size_t i = 1; i < seen.size(); ++i) {
      if (seen[i].first.empty() || seen[i].first != seen[i - 1].first) continue;
      const std::string what =
          schema.is_set ? "the same value" : "the same " + join(schema.keys, " and ");
      error({&place, {}, seen[i].second, true}, "has " + what + " as [" +
                                                    std::to_string(seen[i - 1].second) + "] (" +
                                                    seen[i].first + ")");
    }
  }

  // What an element is told apart by, as text; "" if it has not all of it.
  static std::string identity(const Json& item, const Schema& schema) {
    if (schema.is_set) return item.dump();
    std::string text;
    for (size_t k = 0; k < schema.keys.size(); ++k) {
      const Json* const part = item.find(schema.keys[k]);
      const bool there = part != nullptr && !part->is_null();
      if (!there && schema.key_defaults[k].empty()) return "";
      if (!text.empty()) text += ", ";
      if (there && !part->is_string()) {
        text += part->dump();
      } else {
        text += there ? part->as_string() : schema.key_defaults[k];
      }
    }
    return text;
  }

  void check_scalar(const Json& value, ValueType type, const Place& place) {
    if (type == ValueType::kInt32 || type == ValueType::kIntOrString) {
      const double number = value.is_number() ? value.as_double() : 0;
      if (std::abs(number) > std::numeric_limits<int32_t>::max()) {
        error(place, "must be between -2147483648 and 2147483647, not " + value.dump());
      }
    }
    if (!value.is_string()) return;
    const std::string& text = value.as_string();
    std::string bad;
    if (type == ValueType::kQuantity && !read_quantity(text)) {
      bad = "must be a quantity such as 500m or 1Gi";
    } else if (type == ValueType::kTime) {
      bad = check_time(text);
    } else if (type == ValueType::kBytes) {
      bad = check_base64(text);
    }
    if (bad.empty()) return;
    if (!to_.secret()) bad += ", not " + value_text(value);
    const bool secret_data = to_.secret() && type == ValueType::kBytes;
    error(place, std::move(bad), secret_data ? "put plain text into stringData" : "");
  }

  void check_limits(const Json& value, const Limits& limits, const Place& place) {
    if (value.is_number()) check_number(value.as_double(), limits, place);
    if (value.is_string()) check_text(value.as_string(), limits, place);
    if (value.is_array()) {
      check_size(value.items().size(), limits.min_items, limits.max_items, "elements", place);
    }
    if (value.is_object()) {
      check_size(value.members().size(), limits.min_properties, limits.max_properties, "fields",
                 place);
    }
  }

  void check_number(double number, const Limits& limits, const Place& place) {
    const std::string found = ", not " + number_text(number);
    if (limits.minimum) {
      const bool bad =
          limits.exclusive_minimum ? number <= *limits.minimum : number < *limits.minimum;
      const std::string word =
          limits.exclusive_minimum ? "must be greater than " : "must be at least ";
      if (bad) error(place, word + number_text(*limits.minimum) + found);
    }
    if (limits.maximum) {
      const bool bad =
          limits.exclusive_maximum ? number >= *limits.maximum : number > *limits.maximum;
      const std::string word = limits.exclusive_maximum ? "must be less than " : "must be at most ";
      if (bad) error(place, word + number_text(*limits.maximum) + found);
    }
  }

  void check_text(const std::string& text, const Limits& limits, const Place& place) {
    const auto is_start = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
    const auto length = static_cast<size_t>(std::count_if(text.begin(), text.end(), is_start));
    check_size(length, limits.min_length, limits.max_length, "characters", place);
    if (limits.pattern.empty() || text.size() > kMaxPatternText) return;
    if (!matches(text, limits.pattern)) {
      error(place, "must match the pattern " + limits.pattern + ", not " + value_text(Json(text)));
    }
  }

  // A pattern that only the server can read passes here. Matching is by the automaton of the
  // library, whose time does not explode; it knows no back references, and neither does the server.
  static bool matches(const std::string& text, const std::string& pattern) {
    try {
      const std::regex regex(pattern, std::regex::ECMAScript | std::regex_constants::__polynomial);
      return std::regex_search(text, regex);
    } catch (const std::regex_error&) {
      return true;
    }
  }

  void check_size(size_t size, const std::optional<int64_t>& least,
                  const std::optional<int64_t>& most, const std::string& unit, const Place& place) {
    const auto count = static_cast<int64_t>(size);
    const std::string found = " " + unit + ", not " + std::to_string(size);
    if (least && count < *least) {
      error(place, "must have at least " + std::to_string(*least) + found);
    }
    if (most && count > *most) error(place, "must have at most " + std::to_string(*most) + found);
  }

  const std::string& root_;
  const Facts& facts_;
  Reporter& to_;
  bool partial_;
};

}  // namespace

void check_value(const Json& value, const Schema& schema, const std::string& path,
                 const Facts& facts, Reporter& to, bool partial) {
  Walk(path, facts, to, partial).check(value, schema, {nullptr, {}});
}

std::string value_text(const Json& value) {
  if (value.is_null()) return "null";
  if (value.is_object()) return "an object";
  if (value.is_array()) return "an array";
  if (!value.is_string()) return std::string(value.is_bool() ? "" : "number ") + value.dump();
  std::string text = value.as_string();
  if (text.size() > 40) {
    text.resize(40);
    while (find_invalid_utf8(text) != std::string::npos) text.pop_back();
    text += "...";
  }
  return "'" + text + "'";
}

}  // namespace kfctl
