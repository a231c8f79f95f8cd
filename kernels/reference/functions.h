// The scalar functions of the ops, in double.
#pragma once

#include "kernels/ops/dense.h"
#include "kernels/ops/input.h"

namespace kfctl::reference {

double activate(Activation activation, double x);

/// The derivative, from what went in and what came out of the activation. Only kGelu looks at `x`.
double slope(Activation activation, double x, double y);

/// log(1 + exp(x)) without overflow.
double softplus(double x);
double sigmoid(double x);

/// Element `index` of an array of floats or bytes.
double element(const void* source, ElementType type, int64_t index);

}  // namespace kfctl::reference
