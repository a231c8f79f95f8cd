#include "test/kernels/op_cases.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include <doctest/doctest.h>

namespace kfctl {
namespace {

// Sums of some hundred products of random numbers in fp32; the square of some units of 2^-24.
constexpr double kFp32 = 1e-11;

template <typename T>
std::vector<double> one_number(const T& value) {
  return {static_cast<double>(value)};
}

std::vector<double> nothing(const StepState&) { return {}; }
std::vector<double> nothing(const Segment&) { return {}; }

std::vector<double> of_totals(const LossTotals& t) {
  return {t.loss, t.weight, static_cast<double>(t.correct), static_cast<double>(t.count)};
}

std::vector<double> of_ranking(const Ranking& r) {
  return {r.roc_auc, r.average_precision, r.positives, r.negatives};
}

template <typename Op>
OpCase make(std::string name, double tolerance, std::function<Op(Side&)> build) {
  return {std::move(name), tolerance, [build](Side& side) { return reference::run(build(side)); },
          [build](Side& side, Device& device) { return device.run(build(side)); }};
}

std::string sizes(std::initializer_list<int64_t> list) {
  std::string text;
  for (const int64_t size : list) text += (text.empty() ? "" : "x") + std::to_string(size);
  return text;
}

const char* name_of(Activation activation) {
  constexpr const char* kNames[] = {"identity", "relu", "gelu", "tanh", "sigmoid"};
  return kNames[static_cast<int>(activation)];
}

constexpr Activation kActivations[] = {Activation::kIdentity, Activation::kRelu, Activation::kGelu,
                                       Activation::kTanh, Activation::kSigmoid};

void add_dense(std::vector<OpCase>& cases, Precision precision) {
  struct Shape {
    int64_t rows, in, out;
  };
  // Below, at and above the tile, the panel, the depth of a part and the size worth threads.
  for (const Shape s :
       {Shape{1, 1, 1}, Shape{3, 5, 7}, Shape{14, 256, 32}, Shape{15, 257, 33}, Shape{129, 300, 65},
        Shape{67, 784, 10}, Shape{200, 33, 130}, Shape{40, 1500, 300}}) {
    for (const Activation activation : kActivations) {
      const std::string name = sizes({s.rows, s.in, s.out}) + " " + name_of(activation);
      cases.push_back(make<DenseForward>("DenseForward " + name, kFp32, [=](Side& side) {
        return DenseForward{.x = side.floats(s.rows * s.in),
                            .w = side.floats(s.in * s.out),
                            .bias = s.out % 2 == 0 ? nullptr : side.floats(s.out),
                            .y = side.floats(s.rows * s.out),
                            .pre = side.floats(s.rows * s.out),
                            .rows = s.rows,
                            .in = s.in,
                            .out = s.out,
                            .activation = activation,
                            .precision = precision};
      }));
      cases.push_back(make<DenseBackward>("DenseBackward " + name, kFp32, [=](Side& side) {
        return DenseBackward{.dz = side.floats(s.rows * s.out),
                             .x = side.floats(s.rows * s.in, 0.0f),
                             .w = side.floats(s.in * s.out),
                             .dw = side.floats(s.in * s.out),
                             .dbias = side.floats(s.out),
                             .dx = side.floats(s.rows * s.in),
                             .pre = side.floats(s.rows * s.in, -3.0f, 3.0f),
                             .rows = s.rows,
                             .in = s.in,
                             .out = s.out,
                             .below = activation,
                             .accumulate = s.rows % 2 == 1,
                             .precision = precision};
      }));
    }
  }
}

struct ImageCase {
  ImageShape shape;
  Window window;
  std::string name() const {
    return sizes({shape.images, shape.height, shape.width, shape.channels}) + " window " +
           sizes({window.height, window.width, window.stride, window.padding});
  }
  int64_t pixels() const { return shape.images * shape.height * shape.width * shape.channels; }
  int64_t places() const {
    return shape.images * window.down(shape.height) * window.across(shape.width);
  }
  int64_t taps() const { return window.height * window.width * shape.channels; }

  /// What a max pool could have chosen: now the first, now the last pixel under each window.
  std::vector<int32_t> some_choice() const {
    std::vector<int32_t> chosen;
    const int64_t across = window.across(shape.width);
    for (int64_t i = 0; i < places() * shape.channels; ++i) {
      const int64_t place = i / shape.channels % (window.down(shape.height) * across);
      const int64_t top = place / across * window.stride - window.padding;
      const int64_t left = place % across * window.stride - window.padding;
      const bool first = i % 3 == 0;
      const int64_t row =
          first ? std::max<int64_t>(top, 0) : std::min(top + window.height, shape.height) - 1;
      const int64_t column =
          first ? std::max<int64_t>(left, 0) : std::min(left + window.width, shape.width) - 1;
      chosen.push_back(static_cast<int32_t>(row * shape.width + column));
    }
    return chosen;
  }
};

const ImageCase kImages[] = {
    {{1, 1, 1, 1}, {1, 1, 1, 0}},   {{2, 5, 7, 3}, {3, 3, 1, 1}},  {{3, 8, 6, 1}, {3, 2, 2, 1}},
    {{33, 10, 9, 5}, {5, 5, 1, 2}}, {{2, 7, 7, 17}, {2, 2, 2, 0}}, {{17, 12, 12, 16}, {3, 3, 1, 1}},
};

void add_images(std::vector<OpCase>& cases) {
  int turn = 0;
  for (const ImageCase& image : kImages) {
    const int64_t out = 1 + 6 * turn;
    const Activation activation = kActivations[turn++ % 5];
    cases.push_back(make<ConvForward>("ConvForward " + image.name(), kFp32, [=](Side& side) {
      return ConvForward{.x = side.floats(image.pixels()),
                         .filters = side.floats(image.taps() * out),
                         .bias = side.floats(out),
                         .y = side.floats(image.places() * out),
                         .pre = side.floats(image.places() * out),
                         .shape = image.shape,
                         .window = image.window,
                         .out = out,
                         .activation = activation};
    }));
    cases.push_back(make<ConvBackward>("ConvBackward " + image.name(), kFp32, [=](Side& side) {
      return ConvBackward{.dz = side.floats(image.places() * out),
                          .x = side.floats(image.pixels(), 0.0f),
                          .filters = side.floats(image.taps() * out),
                          .dfilters = side.floats(image.taps() * out),
                          .dbias = side.floats(out),
                          .dx = side.floats(image.pixels()),
                          .pre = side.floats(image.pixels()),
                          .shape = image.shape,
                          .window = image.window,
                          .out = out,
                          .below = activation,
                          .accumulate = turn % 2 == 0};
    }));
    for (const PoolKind kind : {PoolKind::kMax, PoolKind::kAverage}) {
      const std::string pool = kind == PoolKind::kMax ? "max " : "average ";
      const int64_t outputs = image.places() * image.shape.channels;
      cases.push_back(
          make<PoolForward>("PoolForward " + pool + image.name(), kFp32, [=](Side& side) {
            return PoolForward{
                .x = side.floats(image.pixels()),
                .y = side.floats(outputs),
                .chosen = kind == PoolKind::kMax ? side.ints(outputs, 0, 0) : nullptr,
                .shape = image.shape,
                .window = image.window,
                .kind = kind};
          }));
      cases.push_back(
          make<PoolBackward>("PoolBackward " + pool + image.name(), kFp32, [=](Side& side) {
            return PoolBackward{.dy = side.floats(outputs),
                                .chosen = side.numbers(image.some_choice()),
                                .x = side.floats(image.pixels()),
                                .dx = side.floats(image.pixels()),
                                .shape = image.shape,
                                .window = image.window,
                                .kind = kind,
                                .below = turn % 2 == 0 ? Activation::kRelu : Activation::kIdentity};
          }));
    }
  }
}

void add_embeddings(std::vector<OpCase>& cases) {
  struct Shape {
    int64_t rows, vocabulary, width;
  };
  for (const Shape s : {Shape{1, 1, 1}, Shape{100, 7, 5}, Shape{3001, 400, 16}}) {
    const std::string name = sizes({s.rows, s.vocabulary, s.width});
    const int32_t past = static_cast<int32_t>(s.vocabulary);  // is no id, as is -1
    cases.push_back(make<EmbeddingForward>("EmbeddingForward " + name, 0.0, [=](Side& side) {
      return EmbeddingForward{.table = side.floats(s.vocabulary * s.width),
                              .ids = side.ints(s.rows * 2, -1, past),
                              .y = side.floats(s.rows * (s.width + 3)) + 1,
                              .rows = s.rows,
                              .vocabulary = s.vocabulary,
                              .width = s.width,
                              .ids_stride = 2,
                              .y_stride = s.width + 3};
    }));
    cases.push_back(make<EmbeddingBackward>("EmbeddingBackward " + name, kFp32, [=](Side& side) {
      return EmbeddingBackward{.ids = side.ints(s.rows * 2, -1, past),
                               .dy = side.floats(s.rows * (s.width + 3)) + 1,
                               .dtable = side.floats(s.vocabulary * s.width),
                               .rows = s.rows,
                               .vocabulary = s.vocabulary,
                               .width = s.width,
                               .ids_stride = 2,
                               .dy_stride = s.width + 3,
                               .accumulate = s.width == 5};
    }));
  }
}

void add_norms(std::vector<OpCase>& cases) {
  struct Shape {
    int64_t rows, channels;
  };
  for (const Shape s :
       {Shape{2, 1}, Shape{7, 3}, Shape{129, 65}, Shape{2050, 33}, Shape{3, 1000}}) {
    const std::string name = sizes({s.rows, s.channels});
    const int64_t size = s.rows * s.channels;
    const bool accumulate = s.rows % 2 == 1;
    cases.push_back(make<LayerNormForward>("LayerNormForward " + name, kFp32, [=](Side& side) {
      return LayerNormForward{.x = side.floats(size, 1.0f, 3.0f),
                              .gain = side.floats(s.channels),
                              .shift = side.floats(s.channels),
                              .y = side.floats(size),
                              .mean = side.floats(s.rows),
                              .inverse = side.floats(s.rows),
                              .rows = s.rows,
                              .channels = s.channels};
    }));
    cases.push_back(make<LayerNormBackward>("LayerNormBackward " + name, kFp32, [=](Side& side) {
      return LayerNormBackward{.x = side.floats(size),
                               .gain = side.floats(s.channels, 0.5f, 2.0f),
                               .mean = side.floats(s.rows),
                               .inverse = side.floats(s.rows, 0.5f, 2.0f),
                               .dy = side.floats(size),
                               .dx = side.floats(size),
                               .dgain = side.floats(s.channels),
                               .dshift = side.floats(s.channels),
                               .rows = s.rows,
                               .channels = s.channels,
                               .accumulate = accumulate};
    }));
    for (const bool training : {false, true}) {
      const std::string use = training ? " training" : " running";
      cases.push_back(
          make<BatchNormForward>("BatchNormForward " + name + use, kFp32, [=](Side& side) {
            return BatchNormForward{.x = side.floats(size, 1.0f, 3.0f),
                                    .gain = side.floats(s.channels),
                                    .shift = side.floats(s.channels),
                                    .running_mean = side.floats(s.channels),
                                    .running_variance = side.floats(s.channels, 0.5f, 2.0f),
                                    .y = side.floats(size),
                                    .mean = side.floats(s.channels),
                                    .inverse = side.floats(s.channels),
                                    .rows = s.rows,
                                    .channels = s.channels,
                                    .training = training};
          }));
    }
    cases.push_back(make<BatchNormBackward>("BatchNormBackward " + name, kFp32, [=](Side& side) {
      return BatchNormBackward{.x = side.floats(size),
                               .gain = side.floats(s.channels, 0.5f, 2.0f),
                               .mean = side.floats(s.channels),
                               .inverse = side.floats(s.channels, 0.5f, 2.0f),
                               .dy = side.floats(size),
                               .dx = side.floats(size),
                               .dgain = side.floats(s.channels),
                               .dshift = side.floats(s.channels),
                               .rows = s.rows,
                               .channels = s.channels,
                               .accumulate = accumulate};
    }));
  }
}

void add_elementwise(std::vector<OpCase>& cases) {
  for (const int64_t count : {1, 3, 17, 40001}) {
    const std::string name = std::to_string(count);
    cases.push_back(make<Fill>("Fill " + name, 0.0, [=](Side& side) {
      return Fill{.y = side.floats(count), .count = count, .value = 2.5f};
    }));
    for (const float keep : {0.0f, 0.75f}) {
      cases.push_back(make<AddScaled>("AddScaled " + name, kFp32, [=](Side& side) {
        return AddScaled{.x = side.floats(count),
                         .y = side.floats(count),
                         .count = count,
                         .scale = -1.5f,
                         .keep = keep};
      }));
    }
    for (const Activation activation : kActivations) {
      const std::string which = name + " " + name_of(activation);
      cases.push_back(make<ActivationForward>("ActivationForward " + which, kFp32, [=](Side& side) {
        return ActivationForward{.x = side.floats(count, -9.0f, 9.0f),
                                 .y = side.floats(count),
                                 .count = count,
                                 .activation = activation};
      }));
      cases.push_back(
          make<ActivationBackward>("ActivationBackward " + which, kFp32, [=](Side& side) {
            return ActivationBackward{.x = side.floats(count, -9.0f, 9.0f),
                                      .y = side.floats(count, -0.9f, 0.9f),
                                      .dy = side.floats(count),
                                      .dx = side.floats(count),
                                      .count = count,
                                      .activation = activation};
          }));
    }
    cases.push_back(make<Dropout>("Dropout " + name, kFp32, [=](Side& side) {
      return Dropout{.x = side.floats(count),
                     .y = side.floats(count),
                     .count = count,
                     .rate = 0.3f,
                     .stream = 5,
                     .state = side.state({.seed = 77, .step = 123})};
    }));
  }
  for (const int64_t classes : {1, 2, 10, 16, 1001}) {
    cases.push_back(make<Softmax>("Softmax " + std::to_string(classes), kFp32, [=](Side& side) {
      return Softmax{.x = side.floats(131 * classes, -20.0f, 20.0f),
                     .y = side.floats(131 * classes),
                     .rows = 131,
                     .classes = classes};
    }));
  }
}

void add_losses(std::vector<OpCase>& cases) {
  const StepState state = {.loss_scale = 8.0f};
  for (const int64_t rows : {1, 131, 1500}) {
    for (const int64_t width : {1, 3, 10, 100}) {
      for (const float gamma : {0.0f, 2.0f}) {
        const std::string name = sizes({rows, width}) + (gamma > 0.0f ? " focal"
                                                         : rows > 1   ? " weighted"
                                                                      : "");
        const float smoothing = width <= 3 ? 0.0f : 0.1f;
        cases.push_back(make<SoftmaxLoss>("SoftmaxLoss " + name, kFp32, [=](Side& side) {
          const int32_t last = static_cast<int32_t>(width);  // is no label, as is -1
          return SoftmaxLoss{.logits = side.floats(rows * width, -8.0f, 8.0f),
                             .labels = side.ints(rows, rows == 1 ? 0 : -1, rows == 1 ? 0 : last),
                             .weights = rows == 1 ? nullptr : side.floats(rows, 0.0f, 2.0f),
                             .class_weights = side.floats(width, 0.5f, 2.0f),
                             .dlogits = side.floats(rows * width),
                             .totals = side.totals(),
                             .state = rows == 1 ? nullptr : side.state(state),
                             .rows = rows,
                             .classes = width,
                             .smoothing = smoothing,
                             .gamma = gamma,
                             .scale = 0.5f};
        }));
        cases.push_back(make<SigmoidLoss>("SigmoidLoss " + name, kFp32, [=](Side& side) {
          return SigmoidLoss{.logits = side.floats(rows * width, -12.0f, 12.0f),
                             .targets = side.floats(rows * width, 0.0f, 1.0f),
                             .weights = rows == 1 ? nullptr : side.floats(rows, 0.0f, 2.0f),
                             .positive_weights = side.floats(width, 0.5f, 2.0f),
                             .dlogits = side.floats(rows * width),
                             .totals = side.totals(),
                             .state = rows == 1 ? nullptr : side.state(state),
                             .rows = rows,
                             .outputs = width,
                             .smoothing = smoothing,
                             .gamma = gamma};
        }));
      }
      for (const RegressionKind kind : {RegressionKind::kSquared, RegressionKind::kHuber}) {
        const std::string name =
            sizes({rows, width}) + (kind == RegressionKind::kHuber ? " Huber" : " squared");
        cases.push_back(make<RegressionLoss>("RegressionLoss " + name, kFp32, [=](Side& side) {
          return RegressionLoss{.predictions = side.floats(rows * width, -2.0f, 2.0f),
                                .targets = side.floats(rows * width),
                                .weights = rows == 1 ? nullptr : side.floats(rows, 0.0f, 2.0f),
                                .dpredictions = side.floats(rows * width),
                                .totals = side.totals(),
                                .state = rows == 1 ? nullptr : side.state(state),
                                .rows = rows,
                                .outputs = width,
                                .kind = kind,
                                .delta = 0.7f};
        }));
      }
    }
  }
}

void add_optimisers(std::vector<OpCase>& cases) {
  // With a gap, a frozen segment, one above the size of a part, and one of a single element.
  const std::vector<Segment> segments = {{0, 100, 0.01f, 0.001f, 1.0f},
                                         {128, 9000, 0.0f, 0.0f, 0.5f},
                                         {9000, 9001, 0.1f, 0.0f, 1.0f},
                                         {9100, 9200, 0.1f, 0.0f, 0.0f}};
  const int64_t size = 9216;
  const StepState state = {.step = 9, .learning_rate = 0.05f, .loss_scale = 4.0f};
  cases.push_back(make<GradientNorm>("GradientNorm", kFp32, [=](Side& side) {
    return GradientNorm{.gradients = side.floats(size),
                        .segments = side.segments(segments),
                        .norm = side.doubles(1),
                        .state = side.state(state),
                        .segment_count = 4};
  }));
  struct Kind {
    const char* name;
    OptimiserKind kind;
    bool nesterov;
    bool moments;
  };
  for (const Kind k : {Kind{"plain SGD", OptimiserKind::kSgd, false, false},
                       Kind{"momentum", OptimiserKind::kSgd, false, true},
                       Kind{"Nesterov", OptimiserKind::kSgd, true, true},
                       Kind{"Adam", OptimiserKind::kAdam, false, true},
                       Kind{"AdamW", OptimiserKind::kAdamW, false, true},
                       Kind{"LAMB", OptimiserKind::kLamb, false, true}}) {
    for (const float norm : {0.5f, 5.0f, INFINITY}) {
      const std::string name = std::string(k.name) + " norm " + std::to_string(norm);
      cases.push_back(make<OptimiserStep>("OptimiserStep " + name, kFp32, [=](Side& side) {
        float* const second = side.floats(size, 0.0f, 1.0f);
        return OptimiserStep{.weights = side.floats(size),
                             .gradients = side.floats(size),
                             .first = k.moments ? side.floats(size) : nullptr,
                             .second = second,
                             .segments = side.segments(segments),
                             .norm = side.norm(static_cast<double>(norm)),
                             .skipped = side.counts(1),
                             .state = side.state(state),
                             .segment_count = 4,
                             .kind = k.kind,
                             .nesterov = k.nesterov,
                             .max_norm = 1.0f};
      }));
    }
  }
}

void add_input(std::vector<OpCase>& cases) {
  for (const bool shuffle : {false, true}) {
    for (const bool listed : {false, true}) {
      cases.push_back(make<BatchIndices>("BatchIndices", 0.0, [=](Side& side) {
        return BatchIndices{.indices = side.ints(700, 0, 0),
                            .rows_of = listed ? side.ints(1000, 0, 5000) : nullptr,
                            .state = side.state({.seed = 3, .epoch = 2, .position = 400}),
                            .rows = 700,
                            .population = 1000,
                            .offset = 7,
                            .shuffle = shuffle};
      }));
    }
  }
  for (const int64_t width : {1, 5, 785}) {
    for (const bool plain : {false, true}) {
      const std::string name = std::to_string(width) + (plain ? " plain" : " transformed");
      const int64_t rows = 301;
      cases.push_back(make<GatherRows>("GatherRows bytes " + name, kFp32, [=](Side& side) {
        return GatherRows{.source = side.bytes(100 * width),
                          .indices = side.ints(rows, -1, 99),
                          .mean = plain ? nullptr : side.floats(width, 0.0f, 200.0f),
                          .scale = plain ? nullptr : side.floats(width),
                          .y = side.floats(rows * (width + 2)),
                          .rows = rows,
                          .width = width,
                          .y_stride = width + 2,
                          .type = ElementType::kUint8};
      }));
      cases.push_back(make<GatherRows>("GatherRows floats " + name, kFp32, [=](Side& side) {
        return GatherRows{.source = side.with_holes(rows * width),
                          .indices = plain ? nullptr : side.ints(rows, -1, 99),
                          .mean = plain ? nullptr : side.floats(width),
                          .scale = side.floats(width),
                          .missing = plain ? nullptr : side.floats(width),
                          .y = side.floats(rows * width),
                          .rows = rows,
                          .width = width,
                          .y_stride = width};
      }));
      cases.push_back(make<ColumnMoments>("ColumnMoments " + name, 1e-13, [=](Side& side) {
        return ColumnMoments{
            .source = plain ? static_cast<const void*>(side.bytes(rows * width))
                            : static_cast<const void*>(side.with_holes(rows * width)),
            .indices = plain ? nullptr : side.ints(rows, 0, 299),
            .mean = side.doubles(width),
            .variance = side.doubles(width),
            .count = side.counts(width),
            .rows = rows,
            .width = width,
            .type = plain ? ElementType::kUint8 : ElementType::kFloat};
      }));
    }
    cases.push_back(make<GatherInts>("GatherInts", 0.0, [=](Side& side) {
      return GatherInts{.source = side.ints(100 * width, -9, 9),
                        .indices = side.ints(77, -1, 99),
                        .y = side.ints(77 * width, 0, 0),
                        .rows = 77,
                        .width = width};
    }));
    cases.push_back(make<ColumnSums>("ColumnSums", 1e-13, [=](Side& side) {
      return ColumnSums{.x = side.floats(1001 * width),
                        .sums = side.doubles(width),
                        .rows = 1001,
                        .columns = width};
    }));
  }
}

void add_metrics(std::vector<OpCase>& cases) {
  for (const int64_t k : {1, 3, 11}) {
    cases.push_back(make<TopK>("TopK " + std::to_string(k), 0.0, [=](Side& side) {
      return TopK{.scores = side.with_holes(501 * 11),
                  .indices = side.ints(501 * k, 0, 0),
                  .values = side.floats(501 * k),
                  .rows = 501,
                  .columns = 11,
                  .k = k};
    }));
  }
  for (const int64_t count : {1, 1000, 70001}) {
    for (const bool weighted : {false, true}) {
      cases.push_back(
          make<RankScores>("RankScores " + std::to_string(count), 1e-20, [=](Side& side) {
            return RankScores{.scores = side.rounded(count * 3),
                              .labels = side.ints(count, -1, 2),
                              .weights = weighted ? side.floats(count, 0.0f, 2.0f) : nullptr,
                              .result = side.ranking(),
                              .count = count,
                              .stride = 3};
          }));
    }
  }
}

}  // namespace

template <typename T>
T* Side::put(const std::vector<T>& values, std::vector<double> (*read)(const T&)) {
  const size_t size = values.size() * sizeof(T);
  Array array;
  array.read = [read](const char* bytes, size_t length) {
    std::vector<double> numbers;
    for (size_t i = 0; i < length / sizeof(T); ++i) {
      T value;
      std::memcpy(&value, bytes + i * sizeof(T), sizeof(T));
      for (const double number : read(value)) numbers.push_back(number);
    }
    return numbers;
  };
  array.bytes.resize(size);
  std::memcpy(array.bytes.data(), values.data(), size);
  if (device_ != nullptr) {
    Result<Buffer> buffer = device_->allocate(size);
    REQUIRE(buffer.ok());
    array.buffer = std::move(buffer).value();
    REQUIRE(device_->upload(array.buffer.as<char>(), values.data(), size).ok());
  }
  arrays_.push_back(std::move(array));
  char* const bytes =
      device_ == nullptr ? arrays_.back().bytes.data() : arrays_.back().buffer.as<char>();
  return reinterpret_cast<T*>(bytes);
}

uint32_t Side::draw() {
  seed_ = seed_ * 6364136223846793005 + 1442695040888963407;
  return static_cast<uint32_t>(seed_ >> 32);
}

std::vector<float> Side::drawn(int64_t count, float low, float high) {
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) {
    value = low + (high - low) * (static_cast<float>(draw() >> 8) * 0x1p-24f);
  }
  return values;
}

float* Side::floats(int64_t count, float low, float high) {
  return put(drawn(count, low, high), one_number<float>);
}

float* Side::with_holes(int64_t count) {
  std::vector<float> values = drawn(count, -1.0f, 1.0f);
  for (float& value : values) {
    if (draw() % 8 == 0) value = NAN;
  }
  return put(values, one_number<float>);
}

float* Side::rounded(int64_t count) {
  std::vector<float> values = drawn(count, -1.0f, 1.0f);
  for (float& value : values) value = std::round(value * 16.0f) / 16.0f;
  return put(values, one_number<float>);
}

int32_t* Side::ints(int64_t count, int32_t low, int32_t high) {
  std::vector<int32_t> values(static_cast<size_t>(count));
  const uint32_t range = static_cast<uint32_t>(high - low + 1);
  for (int32_t& value : values) value = low + static_cast<int32_t>(draw() % range);
  return put(values, one_number<int32_t>);
}

int32_t* Side::numbers(const std::vector<int32_t>& values) {
  return put(values, one_number<int32_t>);
}

uint8_t* Side::bytes(int64_t count) {
  std::vector<uint8_t> values(static_cast<size_t>(count));
  for (uint8_t& value : values) value = static_cast<uint8_t>(draw() >> 24);
  return put(values, one_number<uint8_t>);
}

double* Side::doubles(int64_t count) {
  return put(std::vector<double>(static_cast<size_t>(count)), one_number<double>);
}

double* Side::norm(double value) { return put(std::vector<double>{value}, one_number<double>); }

int64_t* Side::counts(int64_t count) {
  return put(std::vector<int64_t>(static_cast<size_t>(count)), one_number<int64_t>);
}

StepState* Side::state(const StepState& state) {
  return put(std::vector<StepState>{state},
             static_cast<std::vector<double> (*)(const StepState&)>(nothing));
}

Segment* Side::segments(const std::vector<Segment>& segments) {
  return put(segments, static_cast<std::vector<double> (*)(const Segment&)>(nothing));
}

LossTotals* Side::totals() { return put(std::vector<LossTotals>(1), of_totals); }

Ranking* Side::ranking() { return put(std::vector<Ranking>(1), of_ranking); }

std::vector<std::vector<double>> Side::contents() const {
  std::vector<std::vector<double>> all;
  for (const Array& array : arrays_) {
    std::vector<char> bytes = array.bytes;
    if (device_ != nullptr) {
      REQUIRE(device_->download(bytes.data(), array.buffer.as<char>(), bytes.size()).ok());
    }
    all.push_back(array.read(bytes.data(), bytes.size()));
  }
  return all;
}

std::vector<OpCase> op_cases() {
  std::vector<OpCase> cases;
  add_dense(cases, Precision::kFp32);
  add_images(cases);
  add_embeddings(cases);
  add_norms(cases);
  add_elementwise(cases);
  add_losses(cases);
  add_optimisers(cases);
  add_input(cases);
  add_metrics(cases);
  return cases;
}

std::vector<OpCase> dense_cases(Precision precision) {
  std::vector<OpCase> cases;
  add_dense(cases, precision);
  return cases;
}

double greatest_error(const std::vector<std::vector<double>>& got,
                      const std::vector<std::vector<double>>& want) {
  double greatest = 0.0;
  for (size_t array = 0; array < want.size(); ++array) {
    double difference = 0.0;
    double size = 0.0;
    for (size_t i = 0; i < want[array].size(); ++i) {
      const double g = got[array][i];
      const double w = want[array][i];
      if (std::isnan(g) != std::isnan(w)) return std::numeric_limits<double>::infinity();
      if (std::isnan(w) || std::isinf(w)) {
        if (!std::isnan(w) && g != w) return std::numeric_limits<double>::infinity();
        continue;
      }
      difference += (g - w) * (g - w);
      size += w * w;
    }
    if (difference > 0.0) greatest = std::fmax(greatest, difference / size);
  }
  return greatest;
}

}  // namespace kfctl
