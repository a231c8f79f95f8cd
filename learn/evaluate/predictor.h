// Predictor: a model on a device, applied to rows.
#pragma once

#include <memory>
#include <vector>

#include "kernels/device.h"
#include "learn/model/model.h"
#include "learn/model/network.h"

namespace kfctl {

/// What a model says of rows. Belongs to one thread.
class Predictor {
 public:
  /// `model` has to outlive the predictor. Errors: kDevice.
  static Result<std::unique_ptr<Predictor>> make(Device& device, const Model& model);

  /// (rows, outputs): the probability of each class, or the value in the unit of the label.
  /// Errors: kDevice.
  Result<std::vector<float>> predict(const EncodedRows& rows);

 private:
  Predictor(Device& device, const Model& model) : device_(device), model_(model) {}

  Device& device_;
  const Model& model_;
  Buffer weights_, indices_, state_;
  Network network_;
};

}  // namespace kfctl
