#include "test/kernels/side.h"

#include <cmath>
#include <cstring>

#include <doctest/doctest.h>

namespace kfctl {
namespace {

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

}  // namespace kfctl
