#include "learn/data/target.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/text.h"

namespace kfctl {
namespace {

constexpr size_t kMostNumberClasses = 20;
constexpr size_t kMostClasses = 100'000;

Status check_present(const Dataset& dataset, const Column& column) {
  for (size_t row = 0; row < dataset.frame.rows; ++row) {
    const bool missing = column.kind == ColumnKind::kText ? column.text[row].empty()
                                                          : std::isnan(column.numbers[row]);
    const bool infinite = column.kind == ColumnKind::kNumber && std::isinf(column.numbers[row]);
    if (!missing && !infinite) continue;
    return project_error(dataset.place(row) + ": column '" + column.name + "': the label is " +
                             (missing ? "missing" : "infinite"),
                         "remove such rows: nothing can be learned from them");
  }
  return Ok{};
}

bool looks_like_classes(const Column& column, std::span<const uint32_t> train) {
  if (column.kind == ColumnKind::kText) return true;
  std::set<double> distinct;
  for (const uint32_t row : train) {
    const double value = column.numbers[row];
    if (value != std::floor(value)) return false;
    distinct.insert(value);
    if (distinct.size() > kMostNumberClasses) return false;
  }
  return true;
}

Status fit_classes(const Column& column, std::span<const uint32_t> train, Target& target) {
  target.of_numbers = column.kind == ColumnKind::kNumber;
  std::set<double> numbers;
  std::set<std::string> texts;
  for (const uint32_t row : train) {
    if (target.of_numbers) numbers.insert(column.numbers[row]);
    if (!target.of_numbers) texts.emplace(column.text[row]);
  }
  for (const double value : numbers) target.classes.push_back(number_text(value));
  target.classes.insert(target.classes.end(), texts.begin(), texts.end());
  if (target.classes.size() == 1) {
    return project_error("column '" + column.name +
                             "': every row of the training split has the "
                             "label '" +
                             target.classes[0] + "'",
                         "there is nothing to tell apart; is this the label?");
  }
  if (target.classes.size() > kMostClasses) {
    return project_error("column '" + column.name + "' has over 100000 classes",
                         "data.task: regression learns a number");
  }
  return Ok{};
}

Status fit_number(const Column& column, std::span<const uint32_t> train, Target& target) {
  if (column.kind == ColumnKind::kText) {
    return project_error("column '" + column.name + "' holds text, and regression needs numbers");
  }
  double sum = 0, squares = 0;
  for (const uint32_t row : train) sum += column.numbers[row];
  target.mean = sum / static_cast<double>(train.size());
  for (const uint32_t row : train) {
    squares += (column.numbers[row] - target.mean) * (column.numbers[row] - target.mean);
  }
  target.deviation = std::sqrt(squares / static_cast<double>(train.size()));
  if (target.deviation > 1e-12 * std::max(1.0, std::abs(target.mean))) return Ok{};
  return project_error("column '" + column.name +
                           "': every row of the training split has the "
                           "label " +
                           number_text(target.mean),
                       "there is nothing to learn; is this the label?");
}

}  // namespace

Json Target::to_json() const {
  Json json = Json::object({{"name", name}});
  json["task"] = is_classes() ? "classification" : "regression";
  if (is_classes()) {
    json["ofNumbers"] = of_numbers;
    json["classes"] = Json::array();
    for (const std::string& label : classes) json["classes"].push_back(label);
  } else {
    json["mean"] = mean;
    json["deviation"] = deviation;
  }
  return json;
}

Result<Target> target_from_json(const Json& json) {
  const Error damaged = project_error("the description of the label is damaged");
  Target target;
  target.name = json.string_at({"name"});
  const std::string_view task = json.string_at({"task"});
  if (task == "regression") {
    const Json *mean = json.find("mean"), *deviation = json.find("deviation");
    if (mean == nullptr || deviation == nullptr || !mean->is_number() || !deviation->is_number()) {
      return damaged;
    }
    target.task = Task::kRegression;
    target.mean = mean->as_double();
    target.deviation = deviation->as_double();
    return target;
  }
  const Json* classes = json.find("classes");
  const Json* of_numbers = json.find("ofNumbers");
  if (task != "classification" || classes == nullptr || !classes->is_array() ||
      of_numbers == nullptr || !of_numbers->is_bool() || classes->items().size() < 2) {
    return damaged;
  }
  target.of_numbers = of_numbers->as_bool();
  for (const Json& label : classes->items()) {
    if (!label.is_string()) return damaged;
    target.classes.push_back(label.as_string());
  }
  return target;
}

Result<std::string> find_label(const Dataset& dataset, const TargetOptions& options) {
  const std::vector<std::string> names = dataset.frame.names();
  if (!options.label.empty()) {
    const Column* column = dataset.frame.find(options.label);
    if (column != nullptr && column->kind != ColumnKind::kTensor) return options.label;
    return usage_error("no column '" + options.label + "' in " + dataset.paths[0],
                       did_you_mean(options.label, names, "it has " + join(names, ", ")));
  }
  if (const Column* column = dataset.frame.find("label");
      column != nullptr && column->kind != ColumnKind::kTensor) {
    return std::string("label");
  }
  std::vector<std::string> flat;
  for (const Column& column : dataset.frame.columns) {
    if (column.kind != ColumnKind::kTensor) flat.push_back(column.name);
  }
  if (flat.size() == 1 && names.size() > 1) return flat[0];
  return usage_error("no label is named", flat.empty()
                                              ? "--labels FILE gives the labels of this data"
                                              : "--label COLUMN: one of " + join(flat, ", "));
}

Result<Target> fit_target(const Dataset& dataset, std::span<const uint32_t> train,
                          const TargetOptions& options) {
  Target target;
  KF_TRY(target.name, find_label(dataset, options));
  const Column& column = *dataset.frame.find(target.name);
  KF_DO(check_present(dataset, column));
  bool classes = looks_like_classes(column, train);
  if (options.task == "classification") {
    classes = true;
  } else if (options.task == "regression") {
    classes = false;
  } else if (options.task != "auto") {
    return usage_error("data.task: unknown task '" + options.task + "'",
                       "classification, regression or auto");
  }
  target.task = classes ? Task::kClassification : Task::kRegression;
  KF_DO(classes ? fit_classes(column, train, target) : fit_number(column, train, target));
  return target;
}

Result<EncodedTarget> encode_target(const Target& target, const Dataset& dataset) {
  const Column* column = dataset.frame.find(target.name);
  if (column == nullptr || column->kind == ColumnKind::kTensor) {
    return project_error(dataset.paths[0] + ": no column '" + target.name + "', the label",
                         did_you_mean(target.name, dataset.frame.names()));
  }
  KF_DO(check_present(dataset, *column));
  EncodedTarget out;
  if (!target.is_classes()) {
    if (column->kind == ColumnKind::kText) {
      return project_error(dataset.place(0) + ": column '" + target.name + "' holds no numbers");
    }
    for (const double value : column->numbers) {
      out.values.push_back(static_cast<float>((value - target.mean) / target.deviation));
    }
    return out;
  }
  std::map<std::string, int32_t, std::less<>> codes;
  for (size_t i = 0; i < target.classes.size(); ++i) {
    codes.emplace(target.classes[i], static_cast<int32_t>(i));
  }
  for (size_t row = 0; row < dataset.frame.rows; ++row) {
    const auto found = codes.find(cell_text(*column, row));
    out.labels.push_back(found == codes.end() ? -1 : found->second);
  }
  return out;
}

}  // namespace kfctl
