// What the files of cases share.
#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "test/kernels/op_cases.h"

namespace kfctl {

// Sums of some hundred products of random numbers in fp32; the square of some units of 2^-24.
constexpr double kFp32 = 1e-11;

template <typename Op>
OpCase make(std::string name, double tolerance, std::function<Op(Side&)> build) {
  return {std::move(name), tolerance, [build](Side& side) { return reference::run(build(side)); },
          [build](Side& side, Device& device) { return device.run(build(side)); }};
}

inline std::string sizes(std::initializer_list<int64_t> list) {
  std::string text;
  for (const int64_t size : list) text += (text.empty() ? "" : "x") + std::to_string(size);
  return text;
}

inline const char* name_of(Activation activation) {
  constexpr const char* kNames[] = {"identity", "relu", "gelu", "tanh", "sigmoid"};
  return kNames[static_cast<int>(activation)];
}

constexpr Activation kActivations[] = {Activation::kIdentity, Activation::kRelu, Activation::kGelu,
                                       Activation::kTanh, Activation::kSigmoid};

/// The cases of layers.
void add_layers(std::vector<OpCase>& cases);

}  // namespace kfctl
