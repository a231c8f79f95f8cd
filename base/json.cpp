#include "base/json.h"

#include <algorithm>

namespace kfctl {
namespace {

bool key_less(const Json::Member& member, std::string_view key) { return member.first < key; }

}  // namespace

Json Json::object(std::initializer_list<Member> members) {
  return object(std::vector<Member>(members));
}

Json Json::object(std::vector<Member> members) {
  std::stable_sort(members.begin(), members.end(),
                   [](const Member& a, const Member& b) { return a.first < b.first; });
  Object unique;
  unique.reserve(members.size());
  for (Member& member : members) {
    if (!unique.empty() && unique.back().first == member.first) {
      unique.back() = std::move(member);
    } else {
      unique.push_back(std::move(member));
    }
  }
  Json result;
  result.value_ = Members{std::move(unique)};
  return result;
}

std::string_view Json::type_name() const {
  constexpr std::string_view kNames[] = {"null",   "boolean", "number", "number",
                                         "string", "array",   "object"};
  return kNames[value_.index()];
}

double Json::as_double() const {
  return is_int() ? static_cast<double>(std::get<2>(value_)) : std::get<3>(value_);
}

const Json* Json::find(std::string_view key) const {
  if (!is_object()) return nullptr;
  const Object& sorted = members();
  const auto it = std::lower_bound(sorted.begin(), sorted.end(), key, key_less);
  return it != sorted.end() && it->first == key ? &it->second : nullptr;
}

Json* Json::find(std::string_view key) {
  return const_cast<Json*>(static_cast<const Json*>(this)->find(key));
}

const Json* Json::at(std::initializer_list<std::string_view> path) const {
  const Json* here = this;
  for (const std::string_view key : path) {
    here = here->find(key);
    if (here == nullptr) return nullptr;
  }
  return here;
}

std::string_view Json::string_at(std::initializer_list<std::string_view> path,
                                 std::string_view fallback) const {
  const Json* value = at(path);
  return value != nullptr && value->is_string() ? std::string_view(value->as_string()) : fallback;
}

Json& Json::operator[](std::string_view key) {
  if (is_null()) value_ = Members{};
  Object& sorted = members();
  const auto it = std::lower_bound(sorted.begin(), sorted.end(), key, key_less);
  if (it != sorted.end() && it->first == key) return it->second;
  return sorted.insert(it, Member(std::string(key), Json()))->second;
}

bool Json::erase(std::string_view key) {
  if (!is_object()) return false;
  Object& sorted = members();
  const auto it = std::lower_bound(sorted.begin(), sorted.end(), key, key_less);
  if (it == sorted.end() || it->first != key) return false;
  sorted.erase(it);
  return true;
}

void Json::push_back(Json item) {
  if (is_null()) value_ = Array{};
  items().push_back(std::move(item));
}

bool operator==(const Json& a, const Json& b) {
  if (a.is_number() && b.is_number() && a.is_int() != b.is_int()) {
    return a.as_double() == b.as_double();
  }
  if (a.value_.index() != b.value_.index()) return false;
  if (a.is_object()) return a.members() == b.members();
  if (a.is_array()) return a.items() == b.items();
  if (a.is_string()) return a.as_string() == b.as_string();
  if (a.is_int()) return a.as_int() == b.as_int();
  if (a.is_double()) return a.as_double() == b.as_double();
  if (a.is_bool()) return a.as_bool() == b.as_bool();
  return true;
}

}  // namespace kfctl
