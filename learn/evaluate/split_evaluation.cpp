#include "learn/evaluate/split_evaluation.h"

#include <algorithm>
#include <span>

#include "learn/evaluate/predictor.h"

namespace kfctl {
namespace {

constexpr size_t kBlockRows = 8192;  // that are predicted at once

template <typename Values>
void take(Values& to, const Values& from, size_t row, size_t width) {
  for (size_t i = 0; i < width && !from.empty(); ++i) to.push_back(from[row * width + i]);
}

EncodedRows select(const InputTransform& transform, const EncodedRows& rows,
                   std::span<const uint32_t> chosen) {
  EncodedRows out;
  out.rows = chosen.size();
  for (const uint32_t row : chosen) {
    take(out.dense, rows.dense, row, transform.dense_width());
    take(out.bytes, rows.bytes, row, transform.dense_width());
    take(out.codes, rows.codes, row, transform.code_count());
  }
  return out;
}

Result<Evaluation> evaluate_said(const Model& model, const std::vector<float>& said,
                                 const EncodedTarget& truth) {
  if (model.target.is_classes()) return evaluate_classes(model.target, said, truth.labels);
  std::vector<double> values;
  for (const float value : truth.values) {
    values.push_back(model.target.mean + model.target.deviation * static_cast<double>(value));
  }
  return evaluate_values(said, values);
}

}  // namespace

std::string best_split(const Split& split) {
  if (!split.test.empty()) return "test";
  return split.validation.empty() ? "train" : "validation";
}

const std::vector<uint32_t>& rows_of(const Split& split, std::string_view name) {
  static const std::vector<uint32_t> none;
  if (name == "train") return split.train;
  if (name == "validation") return split.validation;
  return name == "test" ? split.test : none;
}

Result<Evaluation> evaluate_split(Device& device, const Model& model, const Prepared& prepared,
                                  const std::string& split) {
  const std::vector<uint32_t>& chosen = rows_of(prepared.split, split);
  if (chosen.empty()) {
    return usage_error("the run has no rows in a split '" + split + "'",
                       "train, validation or test, as data.split says");
  }
  EncodedTarget truth;
  for (const uint32_t row : chosen) {
    take(truth.labels, prepared.labels.labels, row, 1);
    take(truth.values, prepared.labels.values, row, 1);
  }
  KF_TRY(const std::unique_ptr<Predictor> predictor, Predictor::make(device, model));
  std::vector<float> said;
  for (size_t at = 0; at < chosen.size(); at += kBlockRows) {
    const auto rows = std::span(chosen).subspan(at, std::min(kBlockRows, chosen.size() - at));
    KF_TRY(const std::vector<float> some,
           predictor->predict(select(prepared.transform, prepared.rows, rows)));
    said.insert(said.end(), some.begin(), some.end());
  }
  return evaluate_said(model, said, truth);
}

ReadOptions read_options(const Model& model, bool with_label) {
  ReadOptions options;
  options.promised = model.transform.columns();
  options.only_promised = true;
  options.header = model.training.string_at({"config", "data", "header"}, "auto");
  options.delimiter = model.training.string_at({"config", "data", "delimiter"});
  for (const Feature& feature : model.transform.features) {
    if (feature.name == "features" && feature.shape.size() == 1) {
      options.libsvm_width = static_cast<size_t>(feature.shape[0]);
    }
  }
  if (with_label) {
    const bool text = model.target.is_classes() && !model.target.of_numbers;
    options.promised[model.target.name] = text ? ColumnKind::kText : ColumnKind::kNumber;
  }
  return options;
}

Result<Evaluation> evaluate_data(Device& device, const Model& model, const Files& disk,
                                 DataFiles data, ThreadPool* pool) {
  const std::string format = data.read.format;
  data.read = read_options(model, true);
  data.read.format = format;
  KF_TRY(const Dataset dataset, read_dataset(disk, data, pool));
  KF_TRY(const EncodedRows rows, encode_rows(model.transform, dataset.frame, dataset.paths[0]));
  KF_TRY(const EncodedTarget truth, encode_target(model.target, dataset));
  KF_TRY(const std::unique_ptr<Predictor> predictor, Predictor::make(device, model));
  KF_TRY(const std::vector<float> said, predictor->predict(rows));
  KF_TRY(Evaluation evaluation, evaluate_said(model, said, truth));
  if (evaluation.rows == 0) {
    return project_error(dataset.paths[0] + ": no row has a label that the model knows",
                         "is '" + model.target.name + "' the right column?");
  }
  return evaluation;
}

}  // namespace kfctl
