// The table of wrong_objects.yaml.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/files.h"
#include "base/text.h"
#include "base/yaml.h"

namespace kfctl {

struct WrongObject {
  std::string what;  // "deployment spec.replicas"
  Json object;
  std::string path, says;
};

struct WrongObjects {
  std::vector<Json> good;  // the bases
  std::vector<WrongObject> wrong;
};

inline void edit(Json& object, std::string_view path, const Json* value) {
  const std::vector<std::string_view> parts = split(path, '.');
  Json* at = &object;
  for (size_t i = 0; i + 1 < parts.size(); ++i) {
    at = at->is_array() ? &at->items().at(std::stoul(std::string(parts[i]))) : &(*at)[parts[i]];
  }
  if (value == nullptr) {
    CHECK(at->erase(parts.back()));
  } else if (at->is_array()) {
    at->items().at(std::stoul(std::string(parts.back()))) = *value;
  } else {
    (*at)[parts.back()] = *value;
  }
}

/// REQUIRES: KFCTL_WRONG_OBJECTS is the path of the table.
inline WrongObjects wrong_objects() {
  const DiskFiles files;
  const Result<std::string> text = files.read(KFCTL_WRONG_OBJECTS);
  REQUIRE(text.ok());
  const Result<Json> table = parse_yaml(text.value(), "wrong_objects.yaml");
  REQUIRE_MESSAGE(table.ok(), (table.ok() ? "" : table.error().to_text()));
  WrongObjects out;
  for (const auto& [name, base] : table.value().find("bases")->members()) out.good.push_back(base);
  for (const Json& one : table.value().find("cases")->items()) {
    const std::string base(one.string_at({"base"})), at(one.string_at({"at"}));
    WrongObject wrong{base + " " + at, *table.value().at({"bases", base}),
                      std::string(one.string_at({"path"})), std::string(one.string_at({"says"}))};
    edit(wrong.object, at, one.find("value"));
    out.wrong.push_back(std::move(wrong));
  }
  return out;
}

}  // namespace kfctl
