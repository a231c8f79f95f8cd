#include "base/json_diff.h"

#include <algorithm>
#include <map>
#include <utility>

namespace kfctl {
namespace {

struct MergeKeys {
  std::string_view array;              // the key that holds the array
  std::vector<std::string_view> keys;  // what names an item; the first must be there
};

// Arrays of named things, by the key that holds them, as Kubernetes' own types declare them. An
// array that is not here is one of named things if each of its items has a `name` of its own.
const std::vector<MergeKeys>& merge_keys() {
  static const std::vector<MergeKeys> table = {
      {"ports", {"containerPort", "protocol", "hostIP"}},
      {"ports", {"port", "protocol"}},
      {"volumeMounts", {"mountPath"}},
      {"volumeDevices", {"devicePath"}},
      {"hostAliases", {"ip"}},
      {"ownerReferences", {"uid"}},
      {"conditions", {"type"}},
      {"topologySpreadConstraints", {"topologyKey", "whenUnsatisfiable"}},
      {"resourceClaims", {"name"}},
  };
  return table;
}

// The text that names `item` by `keys`, or "" if it lacks the first of them.
std::string name_by(const Json& item, const std::vector<std::string_view>& keys) {
  if (item.find(keys[0]) == nullptr) return "";
  std::string name;
  for (const std::string_view key : keys) {
    const Json* const value = item.find(key);
    if (!name.empty()) name += '/';
    if (value == nullptr) {
      name += key == "protocol" ? "TCP" : "";
    } else {
      name += value->is_string() ? value->as_string() : value->dump();
    }
  }
  return name;
}

// The names of all items, or nothing if one has none or two share one.
std::optional<std::vector<std::string>> names_by(const Json::Array& items,
                                                 const std::vector<std::string_view>& keys) {
  std::vector<std::string> names;
  for (const Json& item : items) {
    names.push_back(name_by(item, keys));
    if (names.back().empty()) return std::nullopt;
  }
  std::vector<std::string> sorted = names;
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) return std::nullopt;
  return names;
}

struct NamedItems {
  std::vector<std::string> before;
  std::vector<std::string> after;
};

std::optional<NamedItems> name_items(std::string_view array, const Json::Array& before,
                                     const Json::Array& after) {
  const auto try_keys = [&](const std::vector<std::string_view>& keys) {
    std::optional<std::vector<std::string>> a = names_by(before, keys), b = names_by(after, keys);
    return a && b ? std::optional(NamedItems{std::move(*a), std::move(*b)}) : std::nullopt;
  };
  for (const MergeKeys& row : merge_keys()) {
    if (row.array != array) continue;
    if (std::optional<NamedItems> named = try_keys(row.keys)) return named;
  }
  return try_keys({"name"});
}

class Differ {
 public:
  void compare(const std::string& path, std::string_view key, const Json& before,
               const Json& after) {
    if (before == after) return;
    if (before.is_object() && after.is_object()) {
      compare_objects(path, before.members(), after.members());
    } else if (before.is_array() && after.is_array()) {
      compare_arrays(path, key, before.items(), after.items());
    } else {
      add(path, before, after);
    }
  }

  std::vector<JsonChange> take() { return std::move(changes_); }

 private:
  void add(const std::string& path, std::optional<Json> before, std::optional<Json> after) {
    changes_.push_back({path, std::move(before), std::move(after)});
  }

  // Both are sorted by key: one walk over the two.
  void compare_objects(const std::string& path, const Json::Object& before,
                       const Json::Object& after) {
    auto b = before.begin();
    auto a = after.begin();
    while (b != before.end() || a != after.end()) {
      if (a == after.end() || (b != before.end() && b->first < a->first)) {
        add(json_path(path, b->first), b->second, std::nullopt);
        ++b;
      } else if (b == before.end() || a->first < b->first) {
        add(json_path(path, a->first), std::nullopt, a->second);
        ++a;
      } else {
        compare(json_path(path, a->first), a->first, b->second, a->second);
        ++a, ++b;
      }
    }
  }

  void compare_arrays(const std::string& path, std::string_view key, const Json::Array& before,
                      const Json::Array& after) {
    if (const std::optional<NamedItems> named = name_items(key, before, after)) {
      return compare_named(path, *named, before, after);
    }
    const size_t common = std::min(before.size(), after.size());
    for (size_t i = 0; i < common; ++i) compare(item_path(path, i), "", before[i], after[i]);
    for (size_t i = common; i < before.size(); ++i) {
      add(item_path(path, i), before[i], std::nullopt);
    }
    for (size_t i = common; i < after.size(); ++i) add(item_path(path, i), std::nullopt, after[i]);
  }

  void compare_named(const std::string& path, const NamedItems& names, const Json::Array& before,
                     const Json::Array& after) {
    std::map<std::string_view, size_t> places;
    for (size_t i = 0; i < before.size(); ++i) places[names.before[i]] = i;
    Json order_before = Json::array(), order_after = Json::array();
    for (size_t i = 0; i < after.size(); ++i) {
      const auto place = places.find(names.after[i]);
      if (place == places.end()) {
        add(item_path(path, i), std::nullopt, after[i]);
        continue;
      }
      compare(item_path(path, i), "", before[place->second], after[i]);
      order_after.push_back(names.after[i]);
    }
    std::map<std::string_view, size_t> kept;
    for (size_t i = 0; i < after.size(); ++i) kept[names.after[i]] = i;
    for (size_t i = 0; i < before.size(); ++i) {
      if (kept.contains(names.before[i])) {
        order_before.push_back(names.before[i]);
      } else {
        add(item_path(path, i), before[i], std::nullopt);
      }
    }
    if (order_before != order_after) add(path, std::move(order_before), std::move(order_after));
  }

  static std::string item_path(const std::string& path, size_t index) {
    return path + "[" + std::to_string(index) + "]";
  }

  std::vector<JsonChange> changes_;
};

constexpr std::string_view kMask = "***";
constexpr std::string_view kSecretFields[] = {"data", "stringData"};
constexpr std::string_view kLastApplied = "kubectl.kubernetes.io/last-applied-configuration";

// kubectl keeps a copy of the whole object, values included, in this annotation.
Json* last_applied(Json& object) {
  Json* const metadata = object.find("metadata");
  Json* const annotations = metadata == nullptr ? nullptr : metadata->find("annotations");
  return annotations == nullptr ? nullptr : annotations->find(kLastApplied);
}

void mask_field(Json* before, Json* after) {
  const auto mask = [](Json* side, const Json* other, std::string_view word) {
    if (side == nullptr || !side->is_object()) return;
    for (auto& [key, value] : side->members()) {
      const Json* const twin = other == nullptr ? nullptr : other->find(key);
      const bool differs = twin != nullptr && *twin != value;
      value = std::string(kMask) + (differs ? " (" + std::string(word) + ")" : "");
    }
  };
  const Json original = before == nullptr ? Json() : *before;
  mask(before, after, "before");
  mask(after, &original, "after");
}

}  // namespace

std::vector<JsonChange> json_diff(const Json& before, const Json& after) {
  Differ differ;
  differ.compare("", "", before, after);
  return differ.take();
}

std::string json_path(const std::string& base, std::string_view key) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '$';
  };
  if (key.empty() || !std::all_of(key.begin(), key.end(), plain)) {
    return base + "[" + json_quote(key) + "]";
  }
  return base.empty() ? std::string(key) : base + "." + std::string(key);
}

bool is_secret(const Json& object) {
  return object.string_at({"kind"}) == "Secret" && object.string_at({"apiVersion"}) == "v1";
}

Json mask_secret(Json object) {
  if (!is_secret(object)) return object;
  for (const std::string_view field : kSecretFields) mask_field(object.find(field), nullptr);
  if (Json* const copy = last_applied(object)) *copy = kMask;
  return object;
}

void mask_secrets(Json& before, Json& after) {
  if (!is_secret(before) || !is_secret(after)) {
    before = mask_secret(std::move(before));
    after = mask_secret(std::move(after));
    return;
  }
  for (const std::string_view field : kSecretFields) {
    mask_field(before.find(field), after.find(field));
  }
  for (Json* const side : {&before, &after}) {
    if (Json* const copy = last_applied(*side)) *copy = kMask;
  }
}

}  // namespace kfctl
