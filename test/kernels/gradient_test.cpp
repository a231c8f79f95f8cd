// The gradients of the references are the slopes of their forward passes: central differences. What
// the devices compute is compared with the references (cpu_ops_test, gpu_test).
#include <cmath>
#include <functional>
#include <vector>

#include <doctest/doctest.h>

#include "kernels/ops.h"

using namespace kfctl;

namespace {

using Floats = std::vector<float>;

Floats numbers(size_t count, uint32_t seed, float low = -1.0f, float high = 1.0f) {
  Floats values(count);
  for (float& value : values) {
    seed = seed * 1664525u + 1013904223u;
    value = low + (high - low) * (static_cast<float>(seed >> 8) * 0x1p-24f);
  }
  return values;
}

template <typename Op>
void must(const Op& op) {
  const Status status = reference::run(op);
  REQUIRE_MESSAGE(status.ok(), status.error().to_text());
}

double dot(const Floats& a, const Floats& b) {
  double sum = 0.0;
  for (size_t i = 0; i < a.size(); ++i) sum += double{a[i]} * double{b[i]};
  return sum;
}

/// How far `gradient` is from the slopes of `loss` in `values`. Outputs are floats, so a difference
/// over 2 h carries 2^-24 / h: h = 2^-6 makes that 4e-6, and leaves h^2 times the third derivative.
double slope_error(Floats& values, const Floats& gradient, const std::function<double()>& loss) {
  constexpr float kStep = 0x1p-6f;
  double worst = 0.0;
  for (size_t i = 0; i < values.size(); ++i) {
    const float value = values[i];
    values[i] = value + kStep;
    const double above = loss();
    values[i] = value - kStep;
    const double below = loss();
    values[i] = value;
    const double slope = (above - below) / (2.0 * double{kStep});
    worst = std::fmax(worst, std::fabs(slope - double{gradient[i]}));
  }
  return worst;
}

constexpr double kNear = 1e-3;

}  // namespace

TEST_CASE("DenseBackward gives the slopes of two layers") {
  for (const Activation below :
       {Activation::kIdentity, Activation::kGelu, Activation::kTanh, Activation::kSigmoid}) {
    // z is what went into `below`, x = below(z), y = x w + bias, loss = y . dy.
    Floats z = numbers(3 * 4, 1), w = numbers(4 * 5, 2), bias = numbers(5, 3);
    const Floats dy = numbers(3 * 5, 4);
    Floats x(z.size()), y(dy.size());
    const auto loss = [&] {
      must(ActivationForward{.x = z.data(), .y = x.data(), .count = 12, .activation = below});
      must(DenseForward{.x = x.data(),
                        .w = w.data(),
                        .bias = bias.data(),
                        .y = y.data(),
                        .rows = 3,
                        .in = 4,
                        .out = 5});
      return dot(y, dy);
    };
    loss();
    Floats dw(w.size()), dbias(bias.size()), dz(z.size());
    must(DenseBackward{.dz = dy.data(),
                       .x = x.data(),
                       .w = w.data(),
                       .dw = dw.data(),
                       .dbias = dbias.data(),
                       .dx = dz.data(),
                       .pre = z.data(),
                       .rows = 3,
                       .in = 4,
                       .out = 5,
                       .below = below});
    CHECK(slope_error(w, dw, loss) < kNear);
    CHECK(slope_error(bias, dbias, loss) < kNear);
    CHECK(slope_error(z, dz, loss) < kNear);
  }
}

TEST_CASE("ConvBackward gives the slopes of a convolution") {
  const ImageShape shape = {2, 5, 4, 3};
  const Window window = {3, 2, 2, 1};
  const int64_t places = 2 * window.down(5) * window.across(4);
  Floats x = numbers(2 * 5 * 4 * 3, 1), filters = numbers(3 * 2 * 3 * 2, 2), bias = numbers(2, 3);
  const Floats dy = numbers(static_cast<size_t>(places * 2), 4);
  Floats y(dy.size());
  const auto loss = [&] {
    must(ConvForward{.x = x.data(),
                     .filters = filters.data(),
                     .bias = bias.data(),
                     .y = y.data(),
                     .shape = shape,
                     .window = window,
                     .out = 2});
    return dot(y, dy);
  };
  Floats dx(x.size()), dfilters(filters.size()), dbias(bias.size());
  must(ConvBackward{.dz = dy.data(),
                    .x = x.data(),
                    .filters = filters.data(),
                    .dfilters = dfilters.data(),
                    .dbias = dbias.data(),
                    .dx = dx.data(),
                    .shape = shape,
                    .window = window,
                    .out = 2});
  CHECK(slope_error(x, dx, loss) < kNear);
  CHECK(slope_error(filters, dfilters, loss) < kNear);
  CHECK(slope_error(bias, dbias, loss) < kNear);
}

TEST_CASE("PoolBackward gives the slopes of a pool") {
  const ImageShape shape = {2, 5, 4, 3};
  const Window window = {3, 2, 2, 1};
  const size_t outputs = static_cast<size_t>(2 * window.down(5) * window.across(4) * 3);
  for (const PoolKind kind : {PoolKind::kMax, PoolKind::kAverage}) {
    // Values apart by more than the step, or the greatest would change.
    Floats x(2 * 5 * 4 * 3);
    for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i * 77 % 120) / 16.0f;
    const Floats dy = numbers(outputs, 4);
    Floats y(outputs), dx(x.size());
    std::vector<int32_t> chosen(outputs);
    const auto loss = [&] {
      must(PoolForward{.x = x.data(),
                       .y = y.data(),
                       .chosen = chosen.data(),
                       .shape = shape,
                       .window = window,
                       .kind = kind});
      return dot(y, dy);
    };
    loss();
    must(PoolBackward{.dy = dy.data(),
                      .chosen = chosen.data(),
                      .dx = dx.data(),
                      .shape = shape,
                      .window = window,
                      .kind = kind});
    CHECK(slope_error(x, dx, loss) < kNear);
  }
}

TEST_CASE("the norms' backward passes give their slopes") {
  Floats x = numbers(6 * 5, 1, -2.0f, 2.0f), gain = numbers(5, 2), shift = numbers(5, 3);
  const Floats dy = numbers(x.size(), 4);
  Floats y(x.size()), mean(6), inverse(6), running_mean(5), running_variance(5);
  Floats dx(x.size()), dgain(5), dshift(5);
  const auto layer = [&] {
    must(LayerNormForward{.x = x.data(),
                          .gain = gain.data(),
                          .shift = shift.data(),
                          .y = y.data(),
                          .mean = mean.data(),
                          .inverse = inverse.data(),
                          .rows = 6,
                          .channels = 5});
    return dot(y, dy);
  };
  layer();
  must(LayerNormBackward{.x = x.data(),
                         .gain = gain.data(),
                         .mean = mean.data(),
                         .inverse = inverse.data(),
                         .dy = dy.data(),
                         .dx = dx.data(),
                         .dgain = dgain.data(),
                         .dshift = dshift.data(),
                         .rows = 6,
                         .channels = 5});
  CHECK(slope_error(x, dx, layer) < kNear);
  CHECK(slope_error(gain, dgain, layer) < kNear);
  CHECK(slope_error(shift, dshift, layer) < kNear);

  const auto batch = [&] {
    must(BatchNormForward{.x = x.data(),
                          .gain = gain.data(),
                          .shift = shift.data(),
                          .running_mean = running_mean.data(),
                          .running_variance = running_variance.data(),
                          .y = y.data(),
                          .mean = mean.data(),
                          .inverse = inverse.data(),
                          .rows = 6,
                          .channels = 5,
                          .training = true});
    return dot(y, dy);
  };
  batch();
  must(BatchNormBackward{.x = x.data(),
                         .gain = gain.data(),
                         .mean = mean.data(),
                         .inverse = inverse.data(),
                         .dy = dy.data(),
                         .dx = dx.data(),
                         .dgain = dgain.data(),
                         .dshift = dshift.data(),
                         .rows = 6,
                         .channels = 5});
  CHECK(slope_error(x, dx, batch) < kNear);
  CHECK(slope_error(gain, dgain, batch) < kNear);
  CHECK(slope_error(shift, dshift, batch) < kNear);
}

TEST_CASE("the losses give their slopes, focal or not, smoothed and weighted") {
  const Floats weights = {0.5f, 2.0f, 1.0f};
  const Floats of_class = {1.0f, 0.5f, 2.0f, 1.5f};
  const std::vector<int32_t> labels = {2, 0, 3};
  const Floats targets = numbers(12, 7, 0.0f, 1.0f);
  for (const float gamma : {0.0f, 2.0f}) {
    Floats logits = numbers(12, 5, -2.0f, 2.0f);
    Floats gradient(12);
    LossTotals totals;
    SoftmaxLoss softmax = {.logits = logits.data(),
                           .labels = labels.data(),
                           .weights = weights.data(),
                           .class_weights = of_class.data(),
                           .dlogits = gradient.data(),
                           .totals = &totals,
                           .rows = 3,
                           .classes = 4,
                           .smoothing = 0.1f,
                           .gamma = gamma};
    must(softmax);
    softmax.dlogits = nullptr;
    CHECK(slope_error(logits, gradient, [&] {
            totals = {};
            must(softmax);
            return totals.loss / totals.weight;
          }) < kNear);

    SigmoidLoss sigmoid = {.logits = logits.data(),
                           .targets = targets.data(),
                           .weights = weights.data(),
                           .positive_weights = of_class.data(),
                           .dlogits = gradient.data(),
                           .totals = &totals,
                           .rows = 3,
                           .outputs = 4,
                           .smoothing = 0.1f,
                           .gamma = gamma};
    must(sigmoid);
    sigmoid.dlogits = nullptr;
    CHECK(slope_error(logits, gradient, [&] {
            totals = {};
            must(sigmoid);
            return totals.loss / totals.weight;
          }) < kNear);
  }
  for (const RegressionKind kind : {RegressionKind::kSquared, RegressionKind::kHuber}) {
    Floats predictions = numbers(12, 6, -2.0f, 2.0f);
    Floats gradient(12);
    LossTotals totals;
    RegressionLoss loss = {.predictions = predictions.data(),
                           .targets = targets.data(),
                           .weights = weights.data(),
                           .dpredictions = gradient.data(),
                           .totals = &totals,
                           .rows = 3,
                           .outputs = 4,
                           .kind = kind};
    must(loss);
    loss.dpredictions = nullptr;
    CHECK(slope_error(predictions, gradient, [&] {
            totals = {};
            must(loss);
            return totals.loss / totals.weight;
          }) < kNear);
  }
}
