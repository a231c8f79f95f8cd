// The gradients of whole models against finite differences.
#include "learn/model/network.h"

#include <cmath>

#include <doctest/doctest.h>

#include "kernels/random.h"
#include "learn/train/device_rows.h"

using namespace kfctl;

namespace {

constexpr int64_t kRows = 6;

// A model with its arenas on the CPU, a batch of random numbers, and a softmax loss.
struct Bench {
  std::unique_ptr<Device> device = open_device("cpu", DiskFiles(), {}).value();
  Architecture architecture;
  std::vector<Parameter> parameters;
  std::vector<float> host;
  Buffer weights, gradients, labels, totals, state;
  Network network;

  explicit Bench(const Architecture& a) : architecture(a), parameters(parameters_of(a)) {
    host = first_weights(a, parameters, 5);
    for (size_t i = 0; i < host.size(); ++i) {
      host[i] += 0.1F * (uniform(random_block(1, 2, 3, i).word[0]) - 0.5F);  // biases too
    }
    weights = upload_vector(*device, host).value();
    gradients = device->allocate(host.size() * sizeof(float)).value();
    labels = upload_vector(*device, std::vector<int32_t>{0, 1, 2, 0, -1, 1}).value();
    totals = device->allocate(sizeof(LossTotals)).value();
    state = device->allocate(sizeof(StepState)).value();
    network = Network::make(*device, a, kRows, weights.as<float>(), gradients.as<float>()).value();
    for (int64_t i = 0; i < kRows * a.input_width(); ++i) {
      network.input()[i] = 2 * uniform(random_block(9, 0, 0, static_cast<uint64_t>(i)).word[0]) - 1;
    }
    for (int64_t i = 0; i < kRows * static_cast<int64_t>(a.embeddings.size()); ++i) {
      network.codes()[i] = static_cast<int32_t>(i % 4) - 1;
    }
  }

  double loss() {
    *totals.as<LossTotals>() = {};  // the CPU's memory
    const Pass pass{*device, kRows, state.as<StepState>(), true, false, Precision::kFp32};
    REQUIRE(network.forward(pass).ok());
    SoftmaxLoss op;
    op.logits = network.output(), op.labels = labels.as<int32_t>();
    op.dlogits = network.output_gradient(), op.totals = totals.as<LossTotals>();
    op.rows = kRows, op.classes = architecture.outputs;
    REQUIRE(device->run(op).ok());
    return totals.as<LossTotals>()->loss / totals.as<LossTotals>()->weight;
  }

  // The largest difference, relative to the largest gradient.
  double worst() {
    loss();
    const Pass pass{*device, kRows, state.as<StepState>(), true, false, Precision::kFp32};
    REQUIRE(network.backward(pass).ok());
    const std::vector<float> found(gradients.as<float>(), gradients.as<float>() + host.size());
    double largest = 0, difference = 0;
    for (const Parameter& parameter : parameters) {
      const int64_t step = std::max<int64_t>(1, parameter.count() / 40);
      for (int64_t i = 0; i < parameter.count(); i += step) {
        float& weight = weights.as<float>()[parameter.offset + i];
        const float before = weight;
        const float h = 2e-3F;
        weight = before + h;
        const double up = loss();
        weight = before - h;
        const double down = loss();
        weight = before;
        const double want = (up - down) / (2 * static_cast<double>(h));
        const auto got = static_cast<double>(found[static_cast<size_t>(parameter.offset + i)]);
        largest = std::max(largest, std::abs(want));
        difference = std::max(difference, std::abs(want - got));
      }
    }
    REQUIRE(largest > 1e-3);
    return difference / largest;
  }
};

}  // namespace

// tanh and gelu are smooth: differences of fp32 losses are good to a few thousandths.
TEST_CASE("an mlp with embeddings and dropout") {
  Architecture a;
  a.dense_width = 5, a.outputs = 3, a.hidden = {8, 7}, a.embeddings = {{3, 4}, {3, 2}};
  a.activation = Activation::kTanh, a.dropout = 0.3;
  CHECK(Bench(a).worst() < 1e-2);
  a.activation = Activation::kGelu;
  CHECK(Bench(a).worst() < 1e-2);
}

TEST_CASE("a cnn") {
  Architecture a;
  a.kind = "cnn", a.image = {8, 8, 2}, a.dense_width = 128, a.channels = {3, 4};
  a.hidden = {6}, a.outputs = 3, a.activation = Activation::kTanh;
  CHECK(Bench(a).worst() < 2e-2);
}

TEST_CASE("a linear model") {
  Architecture a;
  a.kind = "logistic", a.dense_width = 4, a.outputs = 3;
  CHECK(Bench(a).worst() < 1e-2);
}
