#include "test/kernels/op_cases.h"

#include <cmath>
#include <cstdint>
#include <limits>

#include "test/kernels/op_case_make.h"

namespace kfctl {
namespace {

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

std::vector<OpCase> op_cases() {
  std::vector<OpCase> cases;
  add_layers(cases);
  add_elementwise(cases);
  add_losses(cases);
  add_optimisers(cases);
  add_input(cases);
  add_metrics(cases);
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
