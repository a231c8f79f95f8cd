// Which objects are among many, by what same_object compares. Asking takes logarithmic time, where
// going through the many for each of as many others would take quadratic.
#pragma once

#include <set>
#include <string>
#include <tuple>

#include "base/object.h"

namespace kfctl {

class ObjectSet {
 public:
  /// False if it is there already.
  bool add(const ObjectId& id) { return keys_.insert(key_of(id)).second; }
  bool contains(const ObjectId& id) const { return keys_.contains(key_of(id)); }

 private:
  using Key = std::tuple<std::string, std::string, std::string, std::string>;
  static Key key_of(const ObjectId& id) {
    return {std::string(id.group()), id.kind, id.namespace_, id.name};
  }

  std::set<Key> keys_;
};

}  // namespace kfctl
