#include "cluster/schema/spot.h"

#include "cluster/schema/check_value.h"

namespace kfctl {

Spot Spot::operator[](std::string_view key) const {
  return {value_ == nullptr ? nullptr : value_->find(key), json_path(path_, key), *to_};
}

std::vector<Spot> Spot::items() const {
  std::vector<Spot> found;
  if (value_ == nullptr || !value_->is_array()) return found;
  for (size_t i = 0; i < value_->items().size(); ++i) {
    found.emplace_back(&value_->items()[i], path_ + "[" + std::to_string(i) + "]", *to_);
  }
  return found;
}

std::vector<Spot::Member> Spot::members() const {
  std::vector<Member> found;
  if (value_ == nullptr || !value_->is_object()) return found;
  for (const auto& [key, member] : value_->members()) {
    found.push_back({key, {&member, json_path(path_, key), *to_}});
  }
  return found;
}

std::string_view Spot::text() const {
  return value_ != nullptr && value_->is_string() ? std::string_view(value_->as_string())
                                                  : std::string_view();
}

std::optional<double> Spot::number() const {
  if (value_ == nullptr || !value_->is_number()) return std::nullopt;
  return value_->as_double();
}

size_t Spot::size() const {
  if (value_ == nullptr) return 0;
  if (value_->is_array()) return value_->items().size();
  return value_->is_object() ? value_->members().size() : 0;
}

void Spot::must(const std::string& bad, const std::string& hint) const {
  if (bad.empty()) return;
  error(bad + (to_->secret() || value_ == nullptr ? "" : ", not " + value_text(*value_)), hint);
}

void Spot::must_be_between(double least, double most) const {
  const std::optional<double> found = number();
  if (!found || (*found >= least && *found <= most)) return;
  error("must be between " + number_text(least) + " and " + number_text(most) + ", not " +
        number_text(*found));
}

void Spot::must_be_at_least(double least) const {
  const std::optional<double> found = number();
  if (!found || *found >= least) return;
  error("must be at least " + number_text(least) + ", not " + number_text(*found));
}

}  // namespace kfctl
