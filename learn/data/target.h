// Target: what a model is to say of a row, and what of it is learned from the training split.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "learn/data/dataset.h"

namespace kfctl {

enum class Task { kClassification, kRegression };

struct Target {
  std::string name;  // of the label column
  Task task = Task::kClassification;
  std::vector<std::string> classes;  // classification; numbers ascending, else by name
  bool of_numbers = false;           // classification: the column holds numbers
  double mean = 0;                   // regression: the model says (y - mean) / deviation
  double deviation = 1;

  bool is_classes() const { return task == Task::kClassification; }
  /// How many numbers the model puts out for a row.
  size_t outputs() const { return is_classes() ? classes.size() : 1; }

  Json to_json() const;
};

/// Errors: kProject if `json` is not what to_json writes.
Result<Target> target_from_json(const Json& json);

struct TargetOptions {
  std::string label = {};     // empty: "label", or the only column that is no tensor beside one
  std::string task = "auto";  // classification, regression, or auto
};

/// The label column of the data. Errors: kUsage if there is none of that name.
Result<std::string> find_label(const Dataset& dataset, const TargetOptions& options);

/// Learns from the rows `train`. auto: text, and at most 20 different whole numbers, are classes.
/// Errors: kProject, with the place, if a label is missing, infinite or of the wrong kind; if there
/// is one class only, or a constant to regress on.
Result<Target> fit_target(const Dataset& dataset, std::span<const uint32_t> train,
                          const TargetOptions& options);

struct EncodedTarget {
  std::vector<int32_t> labels;  // classification; -1 for a class that training did not see
  std::vector<float> values;    // regression, standardised
};

/// Errors: kProject if a label is missing or of the wrong kind, with its place.
Result<EncodedTarget> encode_target(const Target& target, const Dataset& dataset);

}  // namespace kfctl
