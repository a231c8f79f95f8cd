#include "cluster/owned_fields.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/json_diff.h"
#include "base/text.h"
#include "cluster/field_types.h"
#include "cluster/session.h"

namespace kfctl {
namespace {

// Never part of a set: the server keeps them, or they say which object it is.
constexpr std::array<std::string_view, 3> kIdentity = {"apiVersion", "kind", "metadata"};
constexpr std::array<std::string_view, 2> kNames = {"name", "namespace"};

bool is_leaf(const Json& owned) { return owned.is_object() && owned.members().empty(); }

bool is_empty(const Json& value) {
  return (value.is_object() && value.members().empty()) ||
         (value.is_array() && value.items().empty());
}

// An element of a list as the owned set names it: "k:{...}" or "v:...", its fields or its value.
struct Element {
  const std::string* name = nullptr;
  Json key;
  const Json* owned = nullptr;
};

class Walk {
 public:
  Walk(const Json& live, const Facts& facts) : live_(live), facts_(facts) {}

  bool same_object(const Json& wanted, const Json& owned, const FieldType& type) {
    type_known_ = type.known();
    secret_ = is_secret(wanted);
    return same_members(wanted, live_, owned, type, kIdentity) &&
           same_metadata(wanted, owned, type);
  }

  std::string doubt() const { return doubt_; }

 private:
  bool doubt(const std::string& what) {
    doubt_ = (path_.empty() ? "object" : join(path_, "")) + ": " + what;
    if (doubt_.starts_with(".")) doubt_.erase(0, 1);
    return false;
  }

  bool same_metadata(const Json& wanted, const Json& owned, const FieldType& type) {
    static const Json kNothing = Json::object();
    const Json* const ours = wanted.find("metadata");
    const Json* const theirs = live_.find("metadata");
    if (ours == nullptr || !ours->is_object()) return doubt("no metadata");
    const Json* const set = owned.find("f:metadata");
    if (set != nullptr && !set->is_object()) return doubt("managedFields cannot be read");
    Json sent = *ours;
    // A template's "creationTimestamp: null" says nothing.
    const Json* const time = sent.find("creationTimestamp");
    if (time != nullptr && time->is_null()) sent.erase("creationTimestamp");
    path_ = {".metadata"};
    owned_path_ = {"f:metadata"};
    const bool same = same_members(sent, *theirs, set == nullptr ? kNothing : *set,
                                   type_of_member(facts_, type, "metadata"), kNames);
    path_.clear();
    owned_path_.clear();
    return same;
  }

  template <size_t kCount>
  bool same_members(const Json& wanted, const Json& live, const Json& owned, const FieldType& type,
                    const std::array<std::string_view, kCount>& skipped) {
    const auto skips = [&skipped](std::string_view name) {
      return std::find(skipped.begin(), skipped.end(), name) != skipped.end();
    };
    for (const auto& [name, unused] : owned.members()) {
      if (name == ".") continue;
      if (!name.starts_with("f:")) return doubt("is owned as a list");
      const std::string_view member = std::string_view(name).substr(2);
      if (!skips(member) && wanted.find(member) == nullptr) {
        return doubt("'" + std::string(member) + "' was applied and is no longer there");
      }
    }
    for (const auto& [name, value] : wanted.members()) {
      if (skips(name)) continue;
      path_.push_back(json_path("", name));
      if (!path_.back().starts_with('[')) path_.back().insert(0, ".");
      owned_path_.push_back("f:" + name);
      if (!same_member(name, value, live, owned, type)) return false;
      path_.pop_back();
      owned_path_.pop_back();
    }
    return true;
  }

  bool same_member(const std::string& name, const Json& value, const Json& live, const Json& owned,
                   const FieldType& type) {
    const FieldType member = type_of_member(facts_, type, name);
    const Json* const set = owned.find(owned_path_.back());
    if (set != nullptr && !set->is_object()) return doubt("managedFields cannot be read");
    if (set == nullptr) {
      // An empty list whose elements have owners of their own adds nothing to a set.
      const bool nothing = is_empty(value) && value.is_array() && member.keyed_list();
      return nothing || doubt("was not applied so far");
    }
    if (secret_ && path_.size() == 1 && name == "stringData") return same_secrets(value, *set);
    return same(value, live.find(name), *set, member);
  }

  // The server moves stringData to data.
  bool same_secrets(const Json& wanted, const Json& owned) {
    if (!wanted.is_object() || wanted.members().empty()) return doubt("is empty");
    size_t fields = 0;
    for (const auto& [name, set] : owned.members()) fields += name.starts_with("f:") ? 1 : 0;
    for (const auto& [name, value] : wanted.members()) {
      const Json* const stored = live_.at({"data", name});
      const Json* const set = owned.find("f:" + name);
      if (set == nullptr || stored == nullptr || !value.is_string() || !stored->is_string() ||
          stored->as_string() != base64_encode(value.as_string())) {
        return doubt("'" + name + "' has another value");
      }
    }
    return fields == wanted.members().size() || doubt("has fewer members than before");
  }

  bool same(const Json& wanted, const Json* live, const Json& owned, const FieldType& type) {
    if (live == nullptr) return same_absent(wanted, owned, type);
    if (is_leaf(owned)) return same_leaf(wanted, *live, type);
    if (wanted.is_object() && live->is_object()) {
      if (wanted.members().empty()) return doubt("is empty now");
      return same_members(wanted, *live, owned, type, std::array<std::string_view, 0>{});
    }
    if (wanted.is_array() && live->is_array()) return same_elements(wanted, *live, owned, type);
    return doubt("another type of value");
  }

  // What we own and the server does not hold was dropped when it was stored.
  bool same_absent(const Json& wanted, const Json& owned, const FieldType& type) {
    if (is_leaf(owned) && stores_nothing(wanted, type)) return true;
    return doubt("is not on the server");
  }

  bool same_leaf(const Json& wanted, const Json& live, const FieldType& type) {
    if (wanted.is_object()) {
      if (!live.is_object()) return doubt("another type of value");
      if (wanted.members().empty()) {
        const bool merged = type.known() && !type.atomic_map;
        return live.members().empty() || merged || doubt("may be replaced by an empty map");
      }
      if (!type.atomic_map) return doubt("may be merged");
    } else if (wanted.is_array()) {
      // In a custom resource a list is atomic unless somebody owns parts of it, or nobody can yet.
      const bool guessed = !type.known() && !type_known_ && !is_empty(wanted);
      if (!type.atomic_list() && !guessed) return doubt("may be merged");
      if (others_look_inside()) return doubt("may be merged");
    }
    return stores_as(facts_, wanted, live, type) || doubt("another value");
  }

  // Another manager owns parts of what is a leaf for us, so it is a list that is merged.
  bool others_look_inside() const {
    const Json* const entries = live_.at({"metadata", "managedFields"});
    return std::any_of(entries->items().begin(), entries->items().end(), [this](const Json& entry) {
      const Json* node = entry.find("fieldsV1");
      for (const std::string& name : owned_path_) {
        if (node != nullptr) node = node->find(name);
      }
      return node != nullptr && !is_leaf(*node);
    });
  }

  // ---- lists that are merged

  bool same_elements(const Json& wanted, const Json& live, const Json& owned,
                     const FieldType& type) {
    std::vector<Element> elements;
    if (!read_elements(owned, elements)) return false;
    if (elements.size() != wanted.items().size()) return doubt("another number of elements");
    const FieldType element_type = type_of_element(facts_, type);
    std::vector<bool> used(elements.size(), false);
    size_t after = 0;  // the order of ours must be theirs
    for (const Json& item : wanted.items()) {
      const size_t k = find_element(elements, item, type);
      if (k == elements.size() || used[k]) return doubt("an element that was not applied so far");
      used[k] = true;
      const Json* const stored = find_stored(live, elements[k], type, after);
      if (stored == nullptr) return false;
      path_.push_back("[" + elements[k].name->substr(2) + "]");
      owned_path_.push_back(*elements[k].name);
      if (!same(item, stored, *elements[k].owned, element_type)) return false;
      path_.pop_back();
      owned_path_.pop_back();
    }
    return true;
  }

  bool read_elements(const Json& owned, std::vector<Element>& elements) {
    for (const auto& [name, set] : owned.members()) {
      if (name == ".") continue;
      if (!name.starts_with("k:") && !name.starts_with("v:")) return doubt("is owned as a map");
      Result<Json> key = parse_json(std::string_view(name).substr(2), "managedFields");
      if (!key.ok()) return doubt("managedFields cannot be read");
      if (!set.is_object() || (name[0] == 'k' && !key.value().is_object())) {
        return doubt("managedFields cannot be read");
      }
      elements.push_back({&name, std::move(key).value(), &set});
    }
    return true;
  }

  static bool fits(const Element& element, const Json& item, const FieldType& type) {
    if ((*element.name)[0] == 'v') return item == element.key;
    if (!item.is_object()) return false;
    for (const auto& [name, value] : element.key.members()) {
      Json filled_in;
      const Json* const own = key_value(type, item, name, filled_in);
      if (own == nullptr || !(*own == value)) return false;
    }
    return true;
  }

  static size_t find_element(const std::vector<Element>& elements, const Json& item,
                             const FieldType& type) {
    size_t k = 0;
    while (k < elements.size() && !fits(elements[k], item, type)) ++k;
    return k;
  }

  // The one element of the server's list, which must lie at or behind `after`; moves that on.
  const Json* find_stored(const Json& live, const Element& element, const FieldType& type,
                          size_t& after) {
    const Json* found = nullptr;
    for (size_t i = 0; i < live.items().size(); ++i) {
      if (!fits(element, live.items()[i], type)) continue;
      if (found != nullptr) return doubt("an element is there twice"), nullptr;
      if (i < after) return doubt("another order"), nullptr;
      found = &live.items()[i];
      after = i + 1;
    }
    if (found == nullptr) doubt("an element is not on the server");
    return found;
  }

  const Json& live_;
  const Facts& facts_;
  bool type_known_ = false;
  bool secret_ = false;
  std::vector<std::string> path_;
  std::vector<std::string> owned_path_;
  std::string doubt_;
};

}  // namespace

const Json* applied_entry(const Json& object, std::string_view manager) {
  const Json* const entries = object.at({"metadata", "managedFields"});
  if (entries == nullptr || !entries->is_array()) return nullptr;
  for (const Json& entry : entries->items()) {
    if (entry.string_at({"manager"}) == manager && entry.string_at({"operation"}) == "Apply" &&
        entry.find("subresource") == nullptr) {
      return &entry;
    }
  }
  return nullptr;
}

std::optional<std::string> doubt_unchanged(const Json& wanted, const Json& live,
                                           const Facts& facts) {
  const Json* const entry = applied_entry(live, kFieldManager);
  if (entry == nullptr) return "object: kfctl has not applied it so far";
  const std::string_view version = wanted.string_at({"apiVersion"});
  if (entry->string_at({"apiVersion"}) != version || live.string_at({"apiVersion"}) != version) {
    return "object: applied in another version of its kind";
  }
  if (live.at({"metadata", "deletionTimestamp"}) != nullptr) return "object: is being deleted";
  const Json* const owned = entry->find("fieldsV1");
  if (owned == nullptr || !owned->is_object() || !wanted.is_object()) {
    return "object: managedFields cannot be read";
  }
  Walk walk(live, facts);
  const FieldType type = type_of_kind(facts, version, wanted.string_at({"kind"}));
  if (walk.same_object(wanted, *owned, type)) return std::nullopt;
  return walk.doubt();
}

}  // namespace kfctl
