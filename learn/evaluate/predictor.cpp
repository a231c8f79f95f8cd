#include "learn/evaluate/predictor.h"

#include <algorithm>

#include "learn/train/device_rows.h"

namespace kfctl {
namespace {

constexpr int64_t kBatch = 512;

}  // namespace

Result<std::unique_ptr<Predictor>> Predictor::make(Device& device, const Model& model) {
  std::unique_ptr<Predictor> predictor(new Predictor(device, model));
  KF_TRY(predictor->weights_, upload_vector(device, model.weights));
  KF_TRY(predictor->indices_, device.allocate(kBatch * sizeof(int32_t)));
  KF_TRY(predictor->state_, device.allocate(sizeof(StepState)));
  KF_TRY(predictor->network_, Network::make(device, model.architecture, kBatch,
                                            predictor->weights_.as<float>(), nullptr));
  return predictor;
}

Result<std::vector<float>> Predictor::predict(const EncodedRows& rows) {
  KF_TRY(const DeviceRows source, DeviceRows::upload(device_, model_.transform, rows, {}, {}));
  const auto count = static_cast<int64_t>(rows.rows);
  const int64_t outputs = model_.architecture.outputs;
  std::vector<float> said(static_cast<size_t>(count * outputs));
  for (int64_t at = 0; at < count; at += kBatch) {
    const int64_t some = std::min(kBatch, count - at);
    StepState state;
    state.position = at;
    KF_DO(device_.upload(state_.as<StepState>(), &state, sizeof state));
    BatchIndices batch;
    batch.indices = indices_.as<int32_t>(), batch.state = state_.as<StepState>();
    batch.rows = some, batch.population = count, batch.shuffle = false;
    KF_DO(device_.run(batch));
    KF_DO(source.gather_input(indices_.as<int32_t>(), some, network_));
    KF_DO(network_.forward(Pass{device_, some, nullptr, false, false, Precision::kFp32}));
    if (model_.target.is_classes()) {
      Softmax op;
      op.x = op.y = network_.output(), op.rows = some, op.classes = outputs;
      KF_DO(device_.run(op));
    }
    KF_DO(device_.download(said.data() + at * outputs, network_.output(),
                           static_cast<size_t>(some * outputs) * sizeof(float)));
  }
  if (model_.target.is_classes()) return said;
  for (float& value : said) {
    value = static_cast<float>(model_.target.mean +
                               model_.target.deviation * static_cast<double>(value));
  }
  return said;
}

}  // namespace kfctl
