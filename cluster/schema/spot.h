// Spot: a value within an object and the path to it, for rules to walk on.
//
//     for (const Spot& port : service["spec"]["ports"].items()) {
//       if (!port["port"].found()) port.error("has no port");
//     }
//
// Walking on from a value that is not there, or is of another type, finds nothing: types are
// check_value's business. A Spot borrows the object and its Reporter.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/schema/problem.h"

namespace kfctl {

class Spot {
 public:
  Spot(const Json* value, std::string path, Reporter& to)
      : value_(value), path_(std::move(path)), to_(&to) {}

  /// True if there is a value, and it is not null.
  bool found() const { return value_ != nullptr && !value_->is_null(); }
  /// REQUIRES: found().
  const Json& value() const { return *value_; }
  const std::string& path() const { return path_; }
  Reporter& reporter() const { return *to_; }

  /// The member of that name.
  Spot operator[](std::string_view key) const;
  /// The elements of an array, the members of an object (with their keys); empty if it is neither.
  std::vector<Spot> items() const;
  struct Member;
  std::vector<Member> members() const;

  std::string_view text() const;         // "" if it is no string
  std::optional<double> number() const;  // of a number
  bool is(std::string_view text) const {
    return found() && value_->is_string() && this->text() == text;
  }
  bool is_true() const { return found() && value_->is_bool() && value_->as_bool(); }
  /// How many elements or members.
  size_t size() const;

  void error(std::string message, std::string hint = "") const {
    to_->error(path_, std::move(message), std::move(hint));
  }
  void warn(std::string message, std::string hint = "") const {
    to_->warn(path_, std::move(message), std::move(hint));
  }
  /// Says `bad`, the answer of a check of formats.h, unless it is "". The value is part of it.
  void must(const std::string& bad, const std::string& hint = "") const;
  /// must(check(text())) if there is a string here.
  template <typename Check>
  void text_must(Check check) const {
    if (found() && value_->is_string()) must(check(text()));
  }
  /// An error unless it is a number of that range, or not there.
  void must_be_between(double least, double most) const;
  void must_be_at_least(double least) const;

 private:
  const Json* value_;
  std::string path_;
  Reporter* to_;
};

struct Spot::Member {
  std::string_view key;
  Spot spot;
};

}  // namespace kfctl
