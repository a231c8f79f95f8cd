#include "learn/train/device_rows.h"

namespace kfctl {

Result<DeviceRows> DeviceRows::upload(Device& device, const InputTransform& transform,
                                      const EncodedRows& rows, const EncodedTarget& target,
                                      const std::vector<float>& weights) {
  DeviceRows result;
  result.device_ = &device;
  result.width_ = static_cast<int64_t>(transform.dense_width());
  result.code_count_ = static_cast<int64_t>(transform.code_count());
  if (transform.is_bytes()) result.type_ = ElementType::kUint8;
  KF_TRY(result.dense_, transform.is_bytes() ? lend(device, std::span(rows.bytes))
                                             : lend(device, std::span(rows.dense)));
  KF_TRY(result.codes_, lend(device, std::span(rows.codes)));
  KF_TRY(result.labels_, lend(device, std::span(target.labels)));
  KF_TRY(result.values_, lend(device, std::span(target.values)));
  // A regression needs weights to leave out the rows that a last batch lacks.
  const bool needs_weights = !target.values.empty() && weights.empty();
  KF_TRY(result.weights_, needs_weights ? upload_vector(device, std::vector<float>(rows.rows, 1.0F))
                                        : lend(device, std::span(weights)));
  KF_TRY(result.mean_, upload_vector(device, transform.mean));
  KF_TRY(result.scale_, upload_vector(device, transform.scale));
  KF_TRY(result.missing_, upload_vector(device, transform.missing));
  return result;
}

Status DeviceRows::gather_input(const int32_t* indices, int64_t rows, Network& network) const {
  if (width_ > 0) {
    GatherRows op;
    op.source = dense_.as<void>(), op.indices = indices, op.y = network.input();
    op.mean = mean_.as<float>(), op.scale = scale_.as<float>(), op.missing = missing_.as<float>();
    op.rows = rows, op.width = width_, op.y_stride = network.input_width(), op.type = type_;
    KF_DO(device_->run(op));
  }
  if (code_count_ == 0) return Ok{};
  GatherInts op;
  op.source = codes_.as<int32_t>(), op.indices = indices, op.y = network.codes();
  op.rows = rows, op.width = code_count_;
  return device_->run(op);
}

Status DeviceRows::gather_truth(const int32_t* indices, int64_t rows, const Truth& truth) const {
  if (truth.labels != nullptr && labels_.bytes() > 0) {
    GatherInts op;
    op.source = labels_.as<int32_t>(), op.indices = indices, op.y = truth.labels, op.rows = rows;
    KF_DO(device_->run(op));
  }
  const std::pair<const Buffer*, float*> columns[] = {{&values_, truth.values},
                                                      {&weights_, truth.weights}};
  for (const auto& [source, to] : columns) {
    if (to == nullptr || source->bytes() == 0) continue;
    GatherRows op;
    op.source = source->as<void>(), op.indices = indices, op.y = to;
    op.rows = rows, op.width = 1, op.y_stride = 1;
    KF_DO(device_->run(op));
  }
  return Ok{};
}

}  // namespace kfctl
