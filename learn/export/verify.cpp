#include "learn/export/verify.h"

#include <algorithm>
#include <cmath>

#include "learn/evaluate/predictor.h"
#include "learn/evaluate/split_evaluation.h"
#include "learn/export/onnx_run.h"

namespace kfctl {
namespace {

// A column as a graph takes it.
OnnxTensor input_of(const Column& column, OnnxType type) {
  OnnxTensor tensor;
  tensor.type = type;
  tensor.shape = {static_cast<int64_t>(column.rows()), 1};
  if (column.kind == ColumnKind::kText) {
    for (size_t row = 0; row < column.rows(); ++row) tensor.strings.emplace_back(column.text[row]);
    return tensor;
  }
  if (column.kind == ColumnKind::kNumber) {
    for (const double value : column.numbers) tensor.floats.push_back(static_cast<float>(value));
    return tensor;
  }
  tensor.shape.pop_back();
  tensor.shape.insert(tensor.shape.end(), column.tensor.shape.begin(), column.tensor.shape.end());
  tensor.floats.assign(column.tensor.floats.begin(), column.tensor.floats.end());
  tensor.ints.assign(column.tensor.bytes.begin(), column.tensor.bytes.end());
  return tensor;
}

Result<OnnxTensors> graph_says(std::string_view onnx, const Frame& frame, const std::string& path) {
  KF_TRY(const OnnxModel graph, read_onnx(onnx, "the exported graph"));
  OnnxTensors inputs;
  for (const OnnxInput& input : graph.inputs) {
    const Column* column = frame.find(input.name);
    if (column == nullptr) return project_error(path + ": no column '" + input.name + "'");
    inputs[input.name] = input_of(*column, input.type);
  }
  return run_onnx(graph, std::move(inputs));
}

// The class of a row, and how far it is ahead of the next.
struct Choice {
  size_t best = 0;
  float lead = 0;
};

Choice choice(const float* probabilities, size_t classes) {
  Choice chosen;
  chosen.best =
      static_cast<size_t>(std::max_element(probabilities, probabilities + classes) - probabilities);
  chosen.lead = 1;
  for (size_t c = 0; c < classes; ++c) {
    if (c == chosen.best) continue;
    chosen.lead = std::min(chosen.lead, probabilities[chosen.best] - probabilities[c]);
  }
  return chosen;
}

void compare_classes(const Target& target, const std::vector<float>& said, OnnxTensors& graph,
                     Verification& result) {
  const std::vector<float>& probabilities = graph["probabilities"].floats;
  const std::vector<std::string>& labels = graph["label"].strings;
  for (size_t i = 0; i < said.size(); ++i) {
    result.difference =
        std::max(result.difference,
                 std::abs(static_cast<double>(said[i]) - static_cast<double>(probabilities[i])));
  }
  for (size_t row = 0; row < result.rows; ++row) {
    const Choice ours = choice(said.data() + row * target.outputs(), target.outputs());
    const bool is_tie = static_cast<double>(ours.lead) <= Verification::kRounding;
    if (!is_tie && labels[row] != target.classes[ours.best]) ++result.labels_apart;
  }
}

}  // namespace

Result<Verification> verify_onnx(Device& device, const Model& model, std::string_view onnx,
                                 const Frame& frame, const std::string& path) {
  Verification result;
  result.rows = frame.rows;
  KF_TRY(const EncodedRows rows, encode_rows(model.transform, frame, path));
  KF_TRY(const std::unique_ptr<Predictor> predictor, Predictor::make(device, model));
  KF_TRY(const std::vector<float> said, predictor->predict(rows));
  KF_TRY(OnnxTensors graph, graph_says(onnx, frame, path));
  const bool is_classes = model.target.is_classes();
  const OnnxTensor& output = graph[is_classes ? "probabilities" : "value"];
  if (output.floats.size() != said.size() ||
      (is_classes && graph["label"].strings.size() != frame.rows)) {
    return internal_error("the exported graph puts out something else than the model");
  }
  if (is_classes) {
    compare_classes(model.target, said, graph, result);
    return result;
  }
  for (size_t row = 0; row < said.size(); ++row) {
    const auto ours = static_cast<double>(said[row]),
               theirs = static_cast<double>(output.floats[row]);
    const double unit = std::max(model.target.deviation, std::abs(ours));
    result.difference = std::max(result.difference, std::abs(ours - theirs) / unit);
  }
  return result;
}

Result<Frame> held_out_rows(const Files& disk, const TrainConfig& config, size_t count,
                            ThreadPool* pool, RowMemory* memory) {
  DataFiles files = data_files(config.data);
  files.memory = memory;
  KF_TRY(const Dataset dataset, read_dataset(disk, files, pool));
  KF_TRY(const Split split, split_rows(dataset, config.data.split));
  const std::vector<uint32_t>& rows = rows_of(split, best_split(split));
  return select_rows(dataset.frame, std::span(rows).first(std::min(count, rows.size())));
}

}  // namespace kfctl
