#include "cluster/schema/facts.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/embedded.h"
#include "base/text.h"

namespace kfctl {

extern const EmbeddedFile kSchemaFiles[];
extern const size_t kSchemaFiles_count;

namespace {

constexpr int kForever = 1'000'000;

constexpr std::pair<std::string_view, ValueType> kPlainTypes[] = {
    {"any", ValueType::kAny},       {"bool", ValueType::kBool},
    {"bytes", ValueType::kBytes},   {"int-or-string", ValueType::kIntOrString},
    {"int32", ValueType::kInt32},   {"int64", ValueType::kInt64},
    {"number", ValueType::kNumber}, {"quantity", ValueType::kQuantity},
    {"string", ValueType::kString}, {"time", ValueType::kTime},
};

bool read_int(std::string_view text, int& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

struct Range {
  int first = 0;
  int last = kForever;
  bool holds(int minor) const { return first <= minor && minor <= last; }
};

// "30", "29-31", "32-" or "" for always.
bool read_range(std::string_view text, Range& range) {
  if (text.empty()) return true;
  const size_t dash = text.find('-');
  if (!read_int(text.substr(0, dash), range.first)) return false;
  if (dash == std::string_view::npos) {
    range.last = range.first;
    return true;
  }
  return dash + 1 == text.size() || read_int(text.substr(dash + 1), range.last);
}

// The blank-separated words of a line, at most N; missing ones are "".
template <size_t N>
std::array<std::string_view, N> words_of(std::string_view line) {
  std::array<std::string_view, N> words;
  for (std::string_view& word : words) {
    const size_t end = line.find(' ');
    word = line.substr(0, end);
    line = end == std::string_view::npos ? std::string_view() : line.substr(end + 1);
  }
  return words;
}

Schema parse_type_text(std::string_view text);

// "[]core.v1.Container", "[=]string", "[port,protocol=TCP]core.v1.ServicePort".
Schema parse_list(std::string_view text) {
  Schema list;
  const size_t end = text.find(']');
  if (end == std::string_view::npos) return list;
  list.type = ValueType::kArray;
  const std::string_view how = text.substr(1, end - 1);
  list.is_set = how == "=";
  if (!how.empty() && !list.is_set) {
    for (const std::string_view key : split(how, ',')) {
      const size_t equals = key.find('=');
      list.keys.emplace_back(key.substr(0, equals));
      list.key_defaults.emplace_back(equals == std::string_view::npos ? std::string_view()
                                                                      : key.substr(equals + 1));
    }
  }
  list.items = std::make_shared<const Schema>(parse_type_text(text.substr(end + 1)));
  return list;
}

Schema parse_type_text(std::string_view text) {
  Schema schema;
  if (text.starts_with('[')) return parse_list(text);
  if (text.starts_with("{}")) {
    schema.type = ValueType::kMap;
    schema.items = std::make_shared<const Schema>(parse_type_text(text.substr(2)));
  } else if (text.starts_with("string(") && text.ends_with(')')) {
    schema.type = ValueType::kString;
    for (const std::string_view value : split(text.substr(7, text.size() - 8), '|')) {
      schema.values.emplace_back(value);
    }
  } else if (text == "object") {
    schema.type = ValueType::kObject;
    schema.open = true;
  } else if (text.find('.') != std::string_view::npos) {
    schema.type = ValueType::kNamed;
    schema.type_name = text;
  } else {
    for (const auto& [name, type] : kPlainTypes) {
      if (name == text) schema.type = type;
    }
  }
  return schema;
}

// A line of the text with what it is about, cut off the front of `rest`.
std::string_view next_line(std::string_view& rest) {
  const size_t end = rest.find('\n');
  const std::string_view line = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return line;
}

bool read_kind(std::string_view line, KindFact& fact) {
  const auto [word, api_version, kind, scope, type, range_text] = words_of<6>(line);
  fact.api_version = api_version;
  fact.kind = kind;
  fact.type = type;
  if (scope == "cluster") fact.scope = KindScope::kCluster;
  if (scope == "request") fact.scope = KindScope::kRequest;
  Range range;
  if (type.empty() || !read_range(range_text, range)) return false;
  fact.first_minor = range.first;
  fact.last_minor = range.last;
  return true;
}

}  // namespace

Facts Facts::builtin(int minor) {
  const std::string_view text =
      find_embedded({kSchemaFiles, kSchemaFiles_count}, "kubernetes.facts")->text;
  return read(text, minor).value();  // a test reads it too
}

Result<Facts> Facts::read(std::string_view text, int minor) {
  Facts facts;
  std::string_view rest = text;
  int number = 0;
  while (!rest.empty()) {
    const std::string_view line = next_line(rest);
    ++number;
    bool good = true;
    if (line.starts_with(' ')) {
      good = !facts.types_.empty();
      if (good) {
        std::string_view& lines = facts.types_.back().lines;
        const char* const begin = lines.empty() ? line.data() : lines.data();
        lines = {begin, static_cast<size_t>(line.data() + line.size() - begin)};
      }
    } else if (line.starts_with("type ")) {
      const std::string_view name = line.substr(5);
      good = facts.types_.empty() || facts.types_.back().name < name;
      facts.types_.push_back({name, {}});
    } else if (line.starts_with("kind ")) {
      KindFact kind;
      good = read_kind(line, kind);
      facts.kinds_.push_back(kind);
    } else if (line.starts_with("versions ")) {
      const auto [word, first, last] = words_of<3>(line);
      good = read_int(first, facts.first_minor_) && read_int(last, facts.last_minor_) &&
             facts.first_minor_ <= facts.last_minor_;
    } else {
      good = line.starts_with('#');
    }
    if (!good) {
      return internal_error("kubernetes.facts:" + std::to_string(number) + ": cannot be read");
    }
  }
  facts.minor_ = std::clamp(minor, facts.first_minor_, facts.last_minor_);
  return facts;
}

bool Facts::serves(const KindFact& kind) const {
  return kind.first_minor <= minor_ && minor_ <= kind.last_minor;
}

const KindFact* Facts::find_kind(std::string_view api_version, std::string_view kind) const {
  for (const KindFact& fact : kinds_) {
    if (fact.kind == kind && fact.api_version == api_version && serves(fact)) return &fact;
  }
  return nullptr;
}

std::vector<KindFact> Facts::versions_of(std::string_view group, std::string_view kind) const {
  std::vector<KindFact> found;
  for (const KindFact& fact : kinds_) {
    const size_t slash = fact.api_version.find('/');
    const std::string_view of =
        slash == std::string_view::npos ? std::string_view() : fact.api_version.substr(0, slash);
    if (fact.kind == kind && of == group) found.push_back(fact);
  }
  return found;
}

const Schema* Facts::type(std::string_view name) const {
  if (const auto it = parsed_.find(name); it != parsed_.end()) return it->second.get();
  const auto it = std::lower_bound(
      types_.begin(), types_.end(), name,
      [](const TypeText& type, std::string_view wanted) { return type.name < wanted; });
  if (it == types_.end() || it->name != name) return nullptr;
  return parsed_.emplace(name, parse_type(it->lines)).first->second.get();
}

std::unique_ptr<const Schema> Facts::parse_type(std::string_view lines) const {
  auto schema = std::make_unique<Schema>();
  schema->type = ValueType::kObject;
  while (!lines.empty()) {
    const std::string_view line = next_line(lines);
    auto [name, type, range_text] = words_of<3>(line.substr(1));
    Range range;
    if (!read_range(range_text, range) || !range.holds(minor_)) continue;
    const bool required = name.ends_with('!');
    if (required) name.remove_suffix(1);
    schema->fields.push_back({std::string(name), parse_type_text(type), required});
  }
  return schema;
}

std::vector<std::string_view> Facts::type_names() const {
  std::vector<std::string_view> names;
  names.reserve(types_.size());
  for (const TypeText& type : types_) names.push_back(type.name);
  return names;
}

}  // namespace kfctl
