#include "learn/train/trainer.h"

#include <algorithm>
#include <cmath>

#include "kernels/shuffle.h"
#include "learn/data/row_advice.h"
#include "learn/train/schedule.h"

namespace kfctl {
namespace {

OptimiserKind optimiser_kind(const std::string& name) {
  if (name == "sgd") return OptimiserKind::kSgd;
  if (name == "adam") return OptimiserKind::kAdam;
  return name == "lamb" ? OptimiserKind::kLamb : OptimiserKind::kAdamW;
}

Precision precision_of(const std::string& name) {
  if (name == "tf32") return Precision::kTf32;
  return name == "bf16" ? Precision::kBf16 : Precision::kFp32;
}

// n / (classes * count): every class weighs the same in sum.
std::vector<float> balanced_weights(const Prepared& prepared) {
  const size_t classes = prepared.target.classes.size();
  std::vector<double> counts(classes, 0.0);
  for (const uint32_t row : prepared.split.train) {
    counts[static_cast<size_t>(prepared.labels.labels[row])] += 1;
  }
  const auto rows = static_cast<double>(prepared.split.train.size());
  std::vector<float> weights;
  for (const double count : counts) {
    weights.push_back(static_cast<float>(rows / (static_cast<double>(classes) * count)));
  }
  return weights;
}

// The first `count` of a split's rows where the device can read them; row numbers fit int32
// (read_dataset).
Result<Buffer> lend_rows(Device& device, const std::vector<uint32_t>& rows, int64_t count) {
  return lend(device, std::span(rows).first(static_cast<size_t>(count)));
}

// Asks the disk for the rows of the batch at `position` of an epoch, if they lie in a file.
void ask_for_batch(const Prepared& prepared, int64_t epoch, int64_t position, int64_t batch,
                   int64_t population) {
  const EncodedRows& rows = prepared.rows;
  if (!rows.dense.in_file() && !rows.bytes.in_file()) return;
  const size_t width = prepared.transform.dense_width();
  const Permutation shuffled(static_cast<uint64_t>(population),
                             static_cast<uint64_t>(prepared.config.train.seed), epoch);
  for (int64_t at = position; at < std::min(position + batch, population); ++at) {
    const size_t row = prepared.split.train[shuffled(static_cast<uint64_t>(at))];
    if (rows.dense.in_file()) advise_soon(rows.dense, row * width, width);
    if (rows.bytes.in_file()) advise_soon(rows.bytes, row * width, width);
  }
}

// A number that is not finite among `count` floats on the device.
Result<bool> has_not_finite(Device& device, const float* values, int64_t count) {
  KF_TRY(const std::vector<float> host,
         download_vector(device, values, static_cast<size_t>(count)));
  return std::any_of(host.begin(), host.end(), [](float x) { return !std::isfinite(x); });
}

}  // namespace

Result<std::unique_ptr<Trainer>> Trainer::make(Device& device, const Prepared& prepared) {
  std::unique_ptr<Trainer> trainer(new Trainer(device, prepared));
  const std::string reason = device.precision_reason(precision_of(trainer->config_.precision));
  if (!reason.empty()) {
    return Error(ErrorKind::kDevice,
                 "train.precision " + trainer->config_.precision + ": " + reason,
                 "train.precision: fp32 works everywhere");
  }
  Status status = trainer->allocate();
  if (!status.ok() && status.error().kind == ErrorKind::kDevice && status.error().hint.empty()) {
    status.error().hint = "a smaller train.batchSize, or train.accumulate, needs less memory";
  }
  KF_DO(std::move(status));
  KF_DO(trainer->record());
  return trainer;
}

Status Trainer::allocate() {
  const auto train = static_cast<int64_t>(prepared_.split.train.size());
  batch_ = std::min(config_.batch_size, train);
  part_ = (batch_ + config_.accumulate - 1) / config_.accumulate;
  batch_ = part_ * config_.accumulate;
  population_ = train;
  if (config_.overfit_batches > 0) {
    population_ = std::min(train, config_.overfit_batches * batch_);
  }
  parameters_ = parameters_of(prepared_.architecture);
  arena_ = arena_size(parameters_);
  const std::vector<float> first =
      first_weights(prepared_.architecture, parameters_, static_cast<uint64_t>(config_.seed));
  KF_TRY(weights_, upload_vector(device_, first));
  const size_t bytes = static_cast<size_t>(arena_) * sizeof(float);
  KF_TRY(gradients_, device_.allocate(bytes));
  const bool is_sgd = config_.optimiser == "sgd";
  if (!is_sgd || config_.momentum > 0) {
    KF_TRY(first_, device_.allocate(bytes));
  }
  if (!is_sgd) {
    KF_TRY(second_, device_.allocate(bytes));
  }
  KF_TRY(rows_, DeviceRows::upload(device_, prepared_.transform, prepared_.rows, prepared_.labels,
                                   prepared_.weights));
  KF_TRY(train_rows_, lend_rows(device_, prepared_.split.train, population_));
  const auto part = static_cast<size_t>(part_);
  KF_TRY(indices_, device_.allocate(part * sizeof(int32_t)));
  KF_TRY(labels_, device_.allocate(part * sizeof(int32_t)));
  KF_TRY(values_, device_.allocate(part * sizeof(float)));
  KF_TRY(row_weights_, device_.allocate(part * sizeof(float)));
  KF_TRY(step_state_, device_.allocate(sizeof(StepState)));
  KF_TRY(norm_, device_.allocate(sizeof(double)));
  KF_TRY(skipped_, device_.allocate(sizeof(int64_t)));
  KF_TRY(totals_, device_.allocate(sizeof(LossTotals)));
  KF_TRY(eval_totals_, device_.allocate(sizeof(LossTotals)));
  if (config_.class_weights == "balanced") {
    if (!prepared_.target.is_classes()) {
      return usage_error("train.classWeights are for classes, and the label is a number");
    }
    KF_TRY(class_weights_, upload_vector(device_, balanced_weights(prepared_)));
  }
  KF_DO(make_segments());
  KF_TRY(network_, Network::make(device_, prepared_.architecture, part_, weights_.as<float>(),
                                 gradients_.as<float>()));
  return Ok{};
}

Status Trainer::make_segments() {
  std::vector<Segment> segments;
  for (const Parameter& parameter : parameters_) {
    Segment& segment = segments.emplace_back();
    segment.begin = parameter.offset;
    segment.end = parameter.offset + parameter.count();
    if (!parameter.decays) continue;
    segment.decay = static_cast<float>(config_.weight_decay);
    segment.l1 = static_cast<float>(config_.l1);
  }
  segment_count_ = static_cast<int64_t>(segments.size());
  KF_TRY(segments_, upload_vector(device_, segments));
  return Ok{};
}

Status Trainer::queue_batch(const int32_t* rows_of, int64_t population, int64_t offset,
                            bool shuffle) {
  BatchIndices op;
  op.indices = indices_.as<int32_t>(), op.rows_of = rows_of, op.state = step_state_.as<StepState>();
  op.rows = part_, op.population = population, op.offset = offset, op.shuffle = shuffle;
  KF_DO(device_.run(op));
  KF_DO(rows_.gather_input(indices_.as<int32_t>(), part_, network_));
  return rows_.gather_truth(indices_.as<int32_t>(), part_,
                            {labels_.as<int32_t>(), values_.as<float>(), row_weights_.as<float>()});
}

Status Trainer::queue_loss(bool training, LossTotals* totals) {
  const bool has_weights = !prepared_.weights.empty() || !prepared_.target.is_classes();
  const float scale = 1.0F / static_cast<float>(config_.accumulate);
  const StepState* state = training ? step_state_.as<StepState>() : nullptr;
  float* gradient = training ? network_.output_gradient() : nullptr;
  if (prepared_.target.is_classes()) {
    SoftmaxLoss op;
    op.logits = network_.output(), op.labels = labels_.as<int32_t>(), op.dlogits = gradient;
    op.weights = has_weights ? row_weights_.as<float>() : nullptr;
    // What is reported of other rows is the plain loss, comparable between runs.
    op.class_weights = training ? class_weights_.as<float>() : nullptr;
    op.smoothing = training ? static_cast<float>(config_.label_smoothing) : 0.0F;
    op.gamma = training ? static_cast<float>(config_.focal_gamma) : 0.0F;
    op.totals = totals, op.state = state, op.scale = scale;
    op.rows = part_, op.classes = prepared_.architecture.outputs;
    return device_.run(op);
  }
  RegressionLoss op;
  op.predictions = network_.output(), op.targets = values_.as<float>();
  op.weights = row_weights_.as<float>(), op.dpredictions = gradient;
  op.kind = training && config_.loss == "huber" ? RegressionKind::kHuber : RegressionKind::kSquared;
  op.delta = static_cast<float>(config_.huber_delta);
  op.totals = totals, op.state = state, op.scale = scale, op.rows = part_, op.outputs = 1;
  return device_.run(op);
}

Status Trainer::queue_optimiser() {
  GradientNorm norm;
  norm.gradients = gradients_.as<float>(), norm.segments = segments_.as<Segment>();
  norm.norm = norm_.as<double>(), norm.state = step_state_.as<StepState>();
  norm.segment_count = segment_count_;
  KF_DO(device_.run(norm));
  OptimiserStep op;
  op.weights = weights_.as<float>(), op.gradients = gradients_.as<float>();
  op.first = first_.as<float>(), op.second = second_.as<float>();
  op.segments = segments_.as<Segment>(), op.segment_count = segment_count_;
  op.norm = norm_.as<double>(), op.skipped = skipped_.as<int64_t>();
  op.state = step_state_.as<StepState>(), op.kind = optimiser_kind(config_.optimiser);
  op.nesterov = config_.nesterov;
  op.momentum = static_cast<float>(config_.momentum);
  op.beta1 = static_cast<float>(config_.beta1), op.beta2 = static_cast<float>(config_.beta2);
  op.epsilon = static_cast<float>(config_.epsilon);
  op.max_norm = static_cast<float>(config_.clip_norm);
  return device_.run(op);
}

Status Trainer::record() {
  const auto work = [this]() -> Status {
    for (int64_t i = 0; i < config_.accumulate; ++i) {
      Pass pass{device_, part_, step_state_.as<StepState>(),
                true,    i > 0, precision_of(config_.precision)};
      KF_DO(queue_batch(train_rows_.as<int32_t>(), population_, i * part_, true));
      KF_DO(network_.forward(pass));
      KF_DO(queue_loss(true, totals_.as<LossTotals>()));
      KF_DO(network_.backward(pass));
    }
    return queue_optimiser();
  };
  KF_TRY(recording_, device_.record(work));
  return Ok{};
}

int64_t Trainer::total_steps() const {
  const int64_t steps = config_.epochs * steps_per_epoch();
  return config_.steps > 0 ? std::min(config_.steps, steps) : steps;
}

double Trainer::learning_rate() const {
  return learning_rate_at(config_, state_.step, total_steps());
}

Status Trainer::take_step() {
  StepState step;
  step.seed = static_cast<uint64_t>(config_.seed);
  step.epoch = state_.epoch, step.position = state_.position, step.step = state_.step;
  step.learning_rate = static_cast<float>(learning_rate());
  KF_DO(device_.upload(step_state_.as<StepState>(), &step, sizeof step));
  // CUDA has a copy of the rows.
  if (device_.info().kind == DeviceKind::kCpu) {
    ask_for_batch(prepared_, state_.epoch, state_.position + batch_, batch_, population_);
  }
  KF_DO(device_.replay(*recording_));
  ++state_.step;
  state_.position += batch_;
  if (state_.position >= population_) {
    state_.position = 0;
    ++state_.epoch;
  }
  // Elsewhere looking would wait for the device at every step.
  if (device_.info().kind == DeviceKind::kCpu) return check_finite();
  return Ok{};
}

Status Trainer::check_finite() {
  LossTotals totals;
  int64_t skipped = 0;
  KF_DO(device_.download(&totals, totals_.as<LossTotals>(), sizeof totals));
  KF_DO(device_.download(&skipped, skipped_.as<int64_t>(), sizeof skipped));
  if (std::isfinite(totals.loss) && skipped == 0) return Ok{};
  return not_finite();
}

// The last batch still lies in the network: the first layer that put out what is not finite is
// where it began; if all did well, the gradients tell.
Error Trainer::not_finite() {
  std::string layer;
  for (const Network::Output& output : network_.outputs()) {
    const Result<bool> found = has_not_finite(device_, output.y, part_ * output.width);
    if (!found.ok()) return found.error();
    if (found.value() && layer.empty()) layer = "the output of layer '" + output.layer + "'";
  }
  for (const Parameter& parameter : parameters_) {
    if (!layer.empty()) break;
    const Result<bool> found =
        has_not_finite(device_, gradients_.as<float>() + parameter.offset, parameter.count());
    if (!found.ok()) return found.error();
    if (found.value()) layer = "the gradient of '" + parameter.name + "'";
  }
  if (layer.empty()) layer = "the loss";
  return project_error(
      "step " + std::to_string(state_.step) + ": " + layer + " is not finite (NaN or infinite)",
      "try a smaller train.learningRate (now " + std::to_string(config_.learning_rate) +
          "), train.clipNorm: 1, or train.warmupSteps; the last checkpoint is whole");
}

Result<LossTotals> Trainer::totals() {
  KF_DO(check_finite());
  LossTotals totals;
  KF_DO(device_.download(&totals, totals_.as<LossTotals>(), sizeof totals));
  return totals;
}

Status Trainer::reset_totals() {
  const LossTotals none;
  return device_.upload(totals_.as<LossTotals>(), &none, sizeof none);
}

Status Trainer::forward_over(const std::vector<uint32_t>& rows, LossTotals* totals,
                             std::vector<float>* outputs) {
  const auto count = static_cast<int64_t>(rows.size());
  KF_TRY(const Buffer rows_of, lend_rows(device_, rows, count));
  const LossTotals none;
  KF_DO(device_.upload(eval_totals_.as<LossTotals>(), &none, sizeof none));
  const auto width = static_cast<size_t>(prepared_.architecture.outputs);
  const Pass pass{device_, part_, nullptr, false, false, precision_of(config_.precision)};
  for (int64_t at = 0; at < count; at += part_) {
    StepState step;
    step.position = at;
    KF_DO(device_.upload(step_state_.as<StepState>(), &step, sizeof step));
    KF_DO(queue_batch(rows_of.as<int32_t>(), count, 0, false));
    KF_DO(network_.forward(pass));
    KF_DO(queue_loss(false, eval_totals_.as<LossTotals>()));
    if (outputs == nullptr) continue;
    const auto some = static_cast<size_t>(std::min(part_, count - at)) * width;
    outputs->resize(outputs->size() + some);
    KF_DO(device_.download(outputs->data() + outputs->size() - some, network_.output(),
                           some * sizeof(float)));
  }
  return device_.download(totals, eval_totals_.as<LossTotals>(), sizeof *totals);
}

Result<LossTotals> Trainer::evaluate(const std::vector<uint32_t>& rows) {
  LossTotals totals;
  if (!rows.empty()) KF_DO(forward_over(rows, &totals, nullptr));
  return totals;
}

Result<std::vector<float>> Trainer::outputs(const std::vector<uint32_t>& rows) {
  LossTotals totals;
  std::vector<float> outputs;
  if (!rows.empty()) KF_DO(forward_over(rows, &totals, &outputs));
  return outputs;
}

Result<TrainState> Trainer::state() {
  TrainState state = state_;
  const auto arena = static_cast<size_t>(arena_);
  KF_TRY(state.weights, download_vector(device_, weights_.as<float>(), arena));
  KF_TRY(state.first, download_vector(device_, first_.as<float>(), first_.bytes() > 0 ? arena : 0));
  KF_TRY(state.second,
         download_vector(device_, second_.as<float>(), second_.bytes() > 0 ? arena : 0));
  KF_DO(device_.download(&state.totals, totals_.as<LossTotals>(), sizeof state.totals));
  return state;
}

Status Trainer::restore(const TrainState& state) {
  const std::pair<const std::vector<float>*, const Buffer*> arenas[] = {
      {&state.weights, &weights_}, {&state.first, &first_}, {&state.second, &second_}};
  for (const auto& [from, to] : arenas) {
    if (from->size() * sizeof(float) > to->bytes() || from->empty() != (to->bytes() == 0)) {
      return project_error("the checkpoint is of another model or optimiser");
    }
    if (!from->empty()) {
      KF_DO(device_.upload(to->as<float>(), from->data(), from->size() * sizeof(float)));
    }
  }
  state_ = state;
  state_.weights = state_.first = state_.second = {};
  return device_.upload(totals_.as<LossTotals>(), &state.totals, sizeof state.totals);
}

}  // namespace kfctl
