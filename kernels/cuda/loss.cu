// Losses and their gradients; the formulas are those of kernels/reference/loss.cpp.
//
// Three launches: the sum of the weights, the rows, the totals. Each row leaves what it found in
// scratch memory, and one block adds that up in order.
#include "kernels/cuda/activation.cuh"
#include "kernels/cuda/launch.cuh"

namespace kfctl {
namespace {

__device__ double weight_of(const float* weights, int64_t row) {
  return weights == nullptr ? 1.0 : double{weights[row]};
}

__device__ bool counts(const SoftmaxLoss& op, int64_t row) {
  return op.labels[row] >= 0 && op.labels[row] < op.classes;
}

__device__ double row_weight(const SoftmaxLoss& op, int64_t row) {
  if (!counts(op, row)) return 0.0;
  return weight_of(op.weights, row) * weight_of(op.class_weights, op.labels[row]);
}
__device__ double row_weight(const SigmoidLoss& op, int64_t row) {
  return weight_of(op.weights, row);
}
__device__ double row_weight(const RegressionLoss& op, int64_t row) {
  return weight_of(op.weights, row);
}

/// What each row's gradient is multiplied by, but for its weight. One block.
template <typename Op>
__global__ void gradient_scale_kernel(Op op, double* scale) {
  double own = 0.0;
  for (int64_t row = threadIdx.x; row < op.rows; row += kThreads) own += row_weight(op, row);
  const double total = block_sum(own);
  if (threadIdx.x != 0) return;
  const double loss_scale = op.state == nullptr ? 1.0 : double{op.state->loss_scale};
  *scale = total == 0.0 ? 0.0 : double{op.scale} * loss_scale / total;
}

__global__ void add_totals_kernel(const LossTotals* found, int64_t rows, LossTotals* totals) {
  LossTotals own;
  for (int64_t row = threadIdx.x; row < rows; row += kThreads) add_to(&own, found[row]);
  LossTotals sums;
  sums.loss = block_sum(own.loss);
  sums.weight = block_sum(own.weight);
  sums.correct = block_sum(own.correct);
  sums.count = block_sum(own.count);
  if (threadIdx.x == 0) add_to(totals, sums);
}

__device__ double focus(double rest, double gamma) { return gamma == 0.0 ? 1.0 : pow(rest, gamma); }

struct SoftmaxTerm {
  double loss;
  double slope;  // t f'(p) p, whose sum over the classes the gradient needs
};

__device__ SoftmaxTerm softmax_term(const SoftmaxLoss& op, double log_p, int64_t c, int32_t label) {
  const double target = (c == label ? 1.0 - double{op.smoothing} : 0.0) +
                        double{op.smoothing} / static_cast<double>(op.classes);
  const double gamma = double{op.gamma};
  const double rest = -expm1(log_p);
  const double bend =
      gamma == 0.0 || rest == 0.0 ? 0.0 : gamma * exp(log_p) * pow(rest, gamma - 1.0) * log_p;
  return {target > 0.0 ? -target * focus(rest, gamma) * log_p : 0.0,
          target == 0.0 ? 0.0 : target * (bend - focus(rest, gamma))};
}

// One warp per row.
__global__ void softmax_loss_kernel(SoftmaxLoss op, const double* scale, LossTotals* found) {
  const int lane = threadIdx.x % 32;
  KFCTL_FOR_EACH(thread, op.rows * 32) {
    const int64_t row = thread / 32;
    const float* const logits = op.logits + row * op.classes;
    const bool known = counts(op, row);
    const int32_t label = known ? op.labels[row] : 0;
    const double weight = row_weight(op, row);

    float most = logits[0];
    for (int64_t c = lane; c < op.classes; c += 32) most = fmaxf(most, logits[c]);
    most = warp_max(most);
    double sum = 0.0;
    int earlier = 0;  // classes before the label that are as great
    for (int64_t c = lane; c < op.classes; c += 32) {
      sum += exp(double{logits[c]} - double{most});
      earlier += c < label && logits[c] >= most;
    }
    const double log_sum = log(warp_sum(sum));
    earlier = warp_sum(earlier);
    double loss = 0.0;
    double slopes = 0.0;
    for (int64_t c = lane; c < op.classes; c += 32) {
      const double log_p = double{logits[c]} - double{most} - log_sum;
      const SoftmaxTerm term = softmax_term(op, log_p, c, label);
      loss += term.loss;
      slopes += term.slope;
    }
    loss = warp_sum(loss);
    slopes = warp_sum(slopes);
    const bool correct = known && earlier == 0 && logits[label] >= most;

    const double factor = weight * *scale;
    __syncwarp();  // dlogits may be logits
    for (int64_t c = lane; op.dlogits != nullptr && c < op.classes; c += 32) {
      const double log_p = double{logits[c]} - double{most} - log_sum;
      const double gradient = softmax_term(op, log_p, c, label).slope - exp(log_p) * slopes;
      op.dlogits[row * op.classes + c] =
          factor == 0.0 ? 0.0f : static_cast<float>(gradient * factor);
    }
    if (lane == 0) found[row] = {weight == 0.0 ? 0.0 : weight * loss, weight, correct, known};
  }
}

__device__ double softplus(double x) { return fmax(x, 0.0) + log1p(exp(-fabs(x))); }

// One thread per row: outputs are few.
__global__ void sigmoid_loss_kernel(SigmoidLoss op, const double* scale, LossTotals* found) {
  const double gamma = double{op.gamma};
  KFCTL_FOR_EACH(row, op.rows) {
    const double weight = row_weight(op, row);
    const double factor = weight * *scale;
    LossTotals own;
    double loss = 0.0;
    for (int64_t c = 0; c < op.outputs; ++c) {
      const int64_t i = row * op.outputs + c;
      const double z = double{op.logits[i]};
      const double target = double{op.targets[i]};
      double gradient = 0.0;
      if (!isnan(target)) {
        const double t = target * (1.0 - double{op.smoothing}) + double{op.smoothing} / 2.0;
        const double positive = weight_of(op.positive_weights, c);
        const double p = 1.0 / (1.0 + exp(-z));
        const double rest = 1.0 / (1.0 + exp(z));
        const double if_true = softplus(-z);
        const double if_false = softplus(z);
        loss +=
            positive * t * focus(rest, gamma) * if_true + (1.0 - t) * focus(p, gamma) * if_false;
        gradient = -positive * t * focus(rest, gamma) * (rest + gamma * p * if_true) +
                   (1.0 - t) * focus(p, gamma) * (p + gamma * rest * if_false);
        own.correct += (z > 0.0) == (target > 0.5);
        ++own.count;
      }
      if (op.dlogits != nullptr) {
        op.dlogits[i] = factor == 0.0 ? 0.0f : static_cast<float>(gradient * factor);
      }
    }
    own.weight = weight;
    if (weight != 0.0) own.loss = weight * loss;
    found[row] = own;
  }
}

__global__ void regression_loss_kernel(RegressionLoss op, const double* scale, LossTotals* found) {
  const double outputs = static_cast<double>(op.outputs);
  const double delta = double{op.delta};
  KFCTL_FOR_EACH(row, op.rows) {
    const double weight = row_weight(op, row);
    const double factor = weight * *scale / outputs;
    double loss = 0.0;
    for (int64_t i = row * op.outputs; i < (row + 1) * op.outputs; ++i) {
      const double d = double{op.predictions[i]} - double{op.targets[i]};
      double value = d * d;
      double gradient = 2.0 * d;
      if (op.kind == RegressionKind::kHuber) {
        const bool near = fabs(d) <= delta;
        value = near ? d * d / 2.0 : delta * (fabs(d) - delta / 2.0);
        gradient = near ? d : copysign(delta, d);
      }
      loss += value;
      if (op.dpredictions != nullptr) {
        op.dpredictions[i] = factor == 0.0 ? 0.0f : static_cast<float>(gradient * factor);
      }
    }
    found[row] = {weight == 0.0 ? 0.0 : weight * loss / outputs, weight, 0, 0};
  }
}

/// Scale, rows, totals; `threads` is how many the rows need.
template <typename Op>
bool run_loss(CudaContext& context, const Op& op, int64_t threads,
              void (*kernel)(Op, const double*, LossTotals*), CudaReason& why) {
  const Scratch scale(context, sizeof(double), why);
  const Scratch found(context, static_cast<size_t>(op.rows) * sizeof(LossTotals), why);
  if (!scale.ok() || !found.ok()) return false;
  gradient_scale_kernel<<<1, kThreads, 0, context.stream>>>(op, scale.as<double>());
  kernel<<<blocks_for(threads), kThreads, 0, context.stream>>>(op, scale.as<double>(),
                                                               found.as<LossTotals>());
  if (op.totals != nullptr) {
    add_totals_kernel<<<1, kThreads, 0, context.stream>>>(found.as<LossTotals>(), op.rows,
                                                          op.totals);
  }
  return launched("launch a loss", why);
}

}  // namespace

bool run(CudaContext& context, const SoftmaxLoss& op, CudaReason& why) {
  return run_loss(context, op, op.rows * 32, softmax_loss_kernel, why);
}

bool run(CudaContext& context, const SigmoidLoss& op, CudaReason& why) {
  return run_loss(context, op, op.rows, sigmoid_loss_kernel, why);
}

bool run(CudaContext& context, const RegressionLoss& op, CudaReason& why) {
  return run_loss(context, op, op.rows, regression_loss_kernel, why);
}

}  // namespace kfctl
