#include <algorithm>
#include <cstdint>

#include "test/kernels/op_case_make.h"

namespace kfctl {
namespace {

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
    {{1, 1, 1, 1}, {1, 1, 1, 0}},  {{2, 5, 7, 3}, {3, 3, 1, 1}},
    {{3, 8, 6, 1}, {3, 2, 2, 1}},  {{33, 10, 9, 5}, {5, 5, 1, 2}},
    {{2, 7, 7, 17}, {2, 2, 2, 0}}, {{17, 12, 12, 16}, {3, 3, 1, 1}},
    {{4, 6, 19, 1}, {3, 3, 1, 1}}, {{3, 5, 33, 40}, {3, 3, 1, 0}},
};

void add_convolutions(std::vector<OpCase>& cases, Precision precision) {
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
                         .activation = activation,
                         .precision = precision};
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
                          .accumulate = turn % 2 == 0,
                          .precision = precision};
    }));
  }
}

void add_pools(std::vector<OpCase>& cases) {
  int turn = 0;
  for (const ImageCase& image : kImages) {
    ++turn;
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

}  // namespace

void add_layers(std::vector<OpCase>& cases) {
  add_dense(cases, Precision::kFp32);
  add_convolutions(cases, Precision::kFp32);
  add_pools(cases);
  add_embeddings(cases);
  add_norms(cases);
}

std::vector<OpCase> product_cases(Precision precision) {
  std::vector<OpCase> cases;
  add_dense(cases, precision);
  add_convolutions(cases, precision);
  return cases;
}

}  // namespace kfctl
