// Problem: one thing that validation has to say about one object, and how rules say it.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/json_diff.h"
#include "base/object.h"

namespace kfctl {

enum class Severity {
  kWarning,  // may be right: it depends on what the cluster holds already
  kError,    // the API server would refuse it, or it could never work
};

struct Problem {
  Severity severity = Severity::kError;
  ObjectId object;
  std::string component;   // its label ksonnet.io/component, or ""
  std::string path;        // spec.template.spec.containers[0].image; "" for the object itself
  std::string message;     // "unknown field 'imgae'"
  std::string hint;        // the next step; may be empty
  bool about_key = false;  // the field itself is wrong, whatever its value
};

/// Collects the problems of one object. Borrows both; belongs to one thread.
class Reporter {
 public:
  Reporter(const Json& object, std::vector<Problem>& out)
      : object_(object), out_(out), secret_(is_secret(object)) {}

  void error(std::string path, std::string message, std::string hint = "") {
    add(Severity::kError, std::move(path), std::move(message), std::move(hint));
  }
  void key_error(std::string path, std::string message, std::string hint = "") {
    error(std::move(path), std::move(message), std::move(hint));
    out_.back().about_key = true;
  }
  void warn(std::string path, std::string message, std::string hint = "") {
    add(Severity::kWarning, std::move(path), std::move(message), std::move(hint));
  }

  const Json& object() const { return object_; }
  /// True if the object's values must not be shown.
  bool secret() const { return secret_; }

 private:
  void add(Severity severity, std::string path, std::string message, std::string hint) {
    out_.push_back({severity, object_id(object_),
                    std::string(object_.string_at({"metadata", "labels", "ksonnet.io/component"})),
                    std::move(path), std::move(message), std::move(hint)});
  }

  const Json& object_;
  std::vector<Problem>& out_;
  bool secret_;
};

}  // namespace kfctl
