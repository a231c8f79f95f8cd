#include "cluster/local_apply.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/json_diff.h"
#include "base/text.h"
#include "cluster/field_types.h"
#include "cluster/owned_fields.h"
#include "cluster/session.h"

namespace kfctl {
namespace {

// ---- what is wanted on top of what is there

// The names of the fields that tell the elements of a list apart; none: the list is replaced.
std::vector<std::string> keys_of(const FieldType& type) {
  return type.known() ? type.schema->keys : std::vector<std::string>();
}

Json* find_by_keys(Json& list, const Json& item, const FieldType& type,
                   const std::vector<std::string>& keys) {
  for (Json& one : list.items()) {
    const bool same = std::all_of(keys.begin(), keys.end(), [&](const std::string& key) {
      Json a, b;
      const Json* const ours = key_value(type, item, key, a);
      const Json* const theirs = key_value(type, one, key, b);
      return ours != nullptr && theirs != nullptr && *ours == *theirs;
    });
    if (same) return &one;
  }
  return nullptr;
}

Json merged(const Facts& facts, const Json& wanted, const Json& live, const FieldType& type) {
  if (stores_as(facts, wanted, live, type)) return live;
  if (wanted.is_object() && live.is_object() && !type.atomic_map) {
    Json out = live;
    for (const auto& [name, value] : wanted.members()) {
      const Json* const there = live.find(name);
      out[name] = there == nullptr
                      ? value
                      : merged(facts, value, *there, type_of_member(facts, type, name));
    }
    return out;
  }
  const std::vector<std::string> keys = keys_of(type);
  if (!wanted.is_array() || !live.is_array() || keys.empty()) return wanted;
  Json out = live;
  const FieldType element = type_of_element(facts, type);
  for (const Json& item : wanted.items()) {
    Json* const there = find_by_keys(out, item, type, keys);
    if (there == nullptr) {
      out.push_back(item);
    } else {
      *there = merged(facts, item, *there, element);
    }
  }
  return out;
}

// ---- what is no longer wanted

bool selects(const Json& key, const Json& item) {
  if (!key.is_object()) return key == item;
  return std::all_of(key.members().begin(), key.members().end(), [&item](const Json::Member& one) {
    const Json* const value = item.find(one.first);
    // A key that is not written has its default.
    return value == nullptr || *value == one.second;
  });
}

const Json* find_selected(const Json* list, const Json& key) {
  if (list == nullptr || !list->is_array()) return nullptr;
  for (const Json& item : list->items()) {
    if (selects(key, item)) return &item;
  }
  return nullptr;
}

class Dropper {
 public:
  explicit Dropper(std::vector<const Json*> others) : others_(std::move(others)) {}

  void drop(Json& here, const Json& owned, const Json* wanted) {
    if (!owned.is_object()) return;
    for (const auto& [name, below] : owned.members()) {
      if (name.size() < 2 || name[1] != ':') continue;
      path_.push_back(name);
      if (name[0] == 'f' && here.is_object()) drop_member(here, name.substr(2), below, wanted);
      if (name[0] != 'f' && here.is_array()) drop_element(here, name.substr(2), below, wanted);
      path_.pop_back();
    }
  }

 private:
  void drop_member(Json& here, const std::string& name, const Json& below, const Json* wanted) {
    Json* const value = here.find(name);
    if (value == nullptr) return;
    const Json* const kept = wanted == nullptr ? nullptr : wanted->find(name);
    drop(*value, below, kept);
    if (kept == nullptr && goes(*value, below)) here.erase(name);
  }

  void drop_element(Json& here, const std::string& key_text, const Json& below,
                    const Json* wanted) {
    const Result<Json> key = parse_json(key_text, "managedFields");
    if (!key.ok()) return;
    const Json* const kept = find_selected(wanted, key.value());
    Json::Array& items = here.items();
    const auto it = std::find_if(items.begin(), items.end(),
                                 [&key](const Json& item) { return selects(key.value(), item); });
    if (it == items.end()) return;
    drop(*it, below, kept);
    if (kept == nullptr && !others_own()) items.erase(it);
  }

  // A map that is owned field by field stays as long as something is in it.
  bool goes(const Json& value, const Json& below) const {
    if (others_own()) return false;
    const bool holds_more = (value.is_object() && !value.members().empty()) ||
                            (value.is_array() && !value.items().empty());
    return !holds_more || (below.is_object() && below.members().empty());
  }

  bool others_own() const {
    return std::any_of(others_.begin(), others_.end(), [this](const Json* node) {
      for (const std::string& name : path_) {
        if (node != nullptr) node = node->find(name);
      }
      return node != nullptr;
    });
  }

  std::vector<const Json*> others_;
  std::vector<std::string> path_;
};

// The server moves stringData to data.
Json with_string_data(Json wanted) {
  if (!is_secret(wanted)) return wanted;
  const Json* const found = wanted.find("stringData");
  if (found == nullptr || !found->is_object()) return wanted;
  const Json texts = *found;
  wanted.erase("stringData");
  for (const auto& [name, value] : texts.members()) {
    if (value.is_string()) wanted["data"][name] = base64_encode(value.as_string());
  }
  return wanted;
}

}  // namespace

Json without_dropped(Json object, const Json& owned, const Json& wanted, const Json& live) {
  std::vector<const Json*> others;
  const Json* const entries = live.at({"metadata", "managedFields"});
  if (entries != nullptr && entries->is_array()) {
    for (const Json& entry : entries->items()) {
      const Json* const fields = entry.find("fieldsV1");
      const bool ours = entry.string_at({"manager"}) == kFieldManager;
      if (fields != nullptr && !ours) others.push_back(fields);
    }
  }
  Dropper(std::move(others)).drop(object, owned, &wanted);
  return object;
}

Json apply_locally(const Json& wanted, const Json& live, const Facts& facts) {
  const Json sent = with_string_data(wanted);
  const FieldType type =
      type_of_kind(facts, sent.string_at({"apiVersion"}), sent.string_at({"kind"}));
  const Json* const entry = applied_entry(live, kFieldManager);
  const Json* const owned = entry == nullptr ? nullptr : entry->find("fieldsV1");
  Json kept = owned == nullptr ? live : without_dropped(live, *owned, sent, live);
  return merged(facts, sent, kept, type);
}

}  // namespace kfctl
