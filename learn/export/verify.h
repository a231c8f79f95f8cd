// Whether an exported graph says of rows what the model says of them.
#pragma once

#include <string>
#include <string_view>

#include "kernels/device.h"
#include "learn/data/dataset.h"
#include "learn/model/model.h"
#include "learn/train/config.h"

namespace kfctl {

struct Verification {
  size_t rows = 0;
  /// The largest difference: of probabilities; of values in standard deviations of the label, or
  /// relative to the value if that is larger.
  double difference = 0;
  size_t labels_apart = 0;  // rows of another class, ties left out

  static constexpr double kRounding = 1e-5;  // of sums in fp32
  bool equal() const { return difference <= kRounding && labels_apart == 0; }
};

/// Computes the graph `onnx` of `model` for the rows of `frame` by onnx_run.h, and the model on
/// `device`. Errors: those of read_onnx, run_onnx and encode_rows; kDevice.
Result<Verification> verify_onnx(Device& device, const Model& model, std::string_view onnx,
                                 const Frame& frame, const std::string& path);

/// The first `count` rows that the run of `config` did not train on, test rows before validation
/// rows; of a run that kept none, of the rows it trained on. Errors: those of read_dataset and
/// split_rows.
Result<Frame> held_out_rows(const Files& disk, const TrainConfig& config, size_t count,
                            ThreadPool* pool, RowMemory* memory);

}  // namespace kfctl
