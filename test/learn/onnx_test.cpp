// The exported graph, computed by our own reading of ONNX, against the model.
#include "learn/export/onnx.h"

#include <doctest/doctest.h>

#include "learn/export/onnx_run.h"
#include "learn/export/verify.h"
#include "test/learn/read_text.h"

using namespace kfctl;

namespace {

// An untrained model for the columns of `dataset`, the last of which is the label.
Model model_of(const Dataset& dataset, const std::string& kind, Activation activation) {
  Model model;
  std::vector<uint32_t> rows(dataset.frame.rows);
  for (uint32_t i = 0; i < rows.size(); ++i) rows[i] = i;
  model.target = fit_target(dataset, rows, {.label = "label"}).value();
  FeatureOptions options;
  options.ignored = {"label"};
  options.one_hot = kind != "mlp";
  model.transform = fit_transform(dataset, rows, options).value().transform;
  Architecture& a = model.architecture;
  a.kind = kind;
  a.dense_width = static_cast<int64_t>(model.transform.dense_width());
  a.outputs = static_cast<int64_t>(model.target.outputs());
  a.activation = activation;
  for (const Feature& feature : model.transform.features) {
    if (feature.has_code()) {
      a.embeddings.push_back({static_cast<int64_t>(feature.vocabulary.size()), 3});
    }
  }
  if (kind == "mlp") a.hidden = {7, 5};
  if (kind == "cnn") a.hidden = {6}, a.channels = {3, 4}, a.image = {9, 8, 1};
  return model;
}

// Random weights, biases too.
void draw_weights(Model& model) {
  model.weights = first_weights(model.architecture, parameters_of(model.architecture), 3);
  for (size_t i = 0; i < model.weights.size(); ++i) {
    model.weights[i] += 0.1F * static_cast<float>(i % 7) - 0.3F;
  }
}

Verification verified(const Model& model, std::string_view onnx, const Frame& frame) {
  const std::unique_ptr<Device> device = open_device("cpu", DiskFiles(), {}).value();
  return verify_onnx(*device, model, onnx, frame, "d.csv").value();
}

Dataset table(const std::string& labels) {
  std::string csv = "x,y,colour,size,label\n";
  for (int i = 0; i < 60; ++i) {
    csv += std::to_string(i * 37 % 19) + "," + (i % 9 == 4 ? "" : std::to_string(i % 5)) + "," +
           (i % 7 == 0   ? ""
            : i % 2 == 0 ? "red"
                         : "blue") +
           "," + std::to_string(i % 3) + "," +
           (labels == "numbers" ? std::to_string(i * 11 % 47) + ".5"
            : i % 3 == 1        ? "up"
                                : "down") +
           "\n";
  }
  return dataset_of(csv);
}

Dataset images() {
  Dataset dataset = dataset_of("label\na\nb\na\nb\nb\n");
  Column& column = dataset.frame.columns.emplace_back();
  column.name = "image", column.kind = ColumnKind::kTensor;
  column.tensor.shape = {9, 8}, column.tensor.is_bytes = true;
  for (int i = 0; i < 5 * 72; ++i) {
    column.tensor.bytes.push_back(static_cast<uint8_t>(i * 31 % 256));
  }
  return dataset;
}

}  // namespace

TEST_CASE("the graphs of tables say what their models say") {
  for (const std::string labels : {"text", "numbers"}) {
    for (const std::string kind : {"mlp", "linear"}) {
      for (const Activation activation :
           {Activation::kRelu, Activation::kGelu, Activation::kTanh, Activation::kSigmoid}) {
        const Dataset dataset = table(labels);
        Model model = model_of(dataset, kind, activation);
        draw_weights(model);
        const Verification found = verified(model, to_onnx(model).value(), dataset.frame);
        CHECK(found.rows == 60);
        CHECK(found.difference > 0);  // they are computed differently
        CHECK_MESSAGE(found.equal(), kind, " ", labels, " ", found.difference);
      }
    }
  }
}

TEST_CASE("the graph of a cnn says what the model says, odd heights too") {
  const Dataset dataset = images();
  Model model = model_of(dataset, "cnn", Activation::kRelu);
  draw_weights(model);
  const Verification found = verified(model, to_onnx(model).value(), dataset.frame);
  CHECK(found.rows == 5);
  CHECK_MESSAGE(found.equal(), found.difference);
}

TEST_CASE("a graph of another model is told apart") {
  const Dataset dataset = table("text");
  Model model = model_of(dataset, "mlp", Activation::kRelu);
  draw_weights(model);
  const std::string onnx = to_onnx(model).value();
  model.weights[model.weights.size() / 2] += 0.01F;
  CHECK_FALSE(verified(model, onnx, dataset.frame).equal());
}

TEST_CASE("bytes that are no graph, and graphs that do not fit, are errors") {
  CHECK(read_onnx("", "m.onnx").error().message ==
        "m.onnx: this is no ONNX model as kfctl writes them");
  const Dataset dataset = table("text");
  Model model = model_of(dataset, "mlp", Activation::kRelu);
  draw_weights(model);
  const std::string onnx = to_onnx(model).value();
  CHECK_FALSE(read_onnx(std::string_view(onnx).substr(0, onnx.size() / 2), "m").ok());
  OnnxModel graph = read_onnx(onnx, "m").value();
  CHECK(run_onnx(graph, {}).error().message.find("there is no 'y'") != std::string::npos);
  graph.nodes[0].type = "Einsum";
  CHECK(run_onnx(graph, {}).error().message.find("(Einsum): an operator") != std::string::npos);
}
