// Top k, and areas under curves by one sort. The sums behind the areas are taken in parts of a
// fixed size, in order: cub's scan would give other bits from run to run.
#include <cub/device/device_radix_sort.cuh>

#include "kernels/cuda/launch.cuh"

namespace kfctl {
namespace {

constexpr int64_t kPart = 256;             // elements that one thread sums
constexpr uint32_t kLeftOut = 0xffffffff;  // sorts behind every score; NaN has no key of its own

__device__ bool beats(float a, float b) {
  if (isnan(b)) return !isnan(a);
  return a > b;
}

// One thread per row keeps its k best sorted.
__global__ void top_k_kernel(TopK op) {
  KFCTL_FOR_EACH(row, op.rows) {
    const float* const scores = op.scores + row * op.columns;
    int32_t* const indices = op.indices + row * op.k;
    int64_t held = 0;
    for (int64_t c = 0; c < op.columns; ++c) {
      int64_t place = held;
      while (place > 0 && beats(scores[c], scores[indices[place - 1]])) --place;
      if (place == op.k) continue;
      held = held + 1 < op.k ? held + 1 : op.k;
      for (int64_t i = held - 1; i > place; --i) indices[i] = indices[i - 1];
      indices[place] = static_cast<int32_t>(c);
    }
    for (int64_t i = 0; op.values != nullptr && i < op.k; ++i) {
      op.values[row * op.k + i] = scores[indices[i]];
    }
  }
}

/// Ascending keys are descending scores; 0 and -0 are equal.
__global__ void keys_kernel(RankScores op, uint32_t* keys, uint32_t* rows) {
  KFCTL_FOR_EACH(i, op.count) {
    const float score = op.scores[i * op.stride] + 0.0f;
    const uint32_t bits = __float_as_uint(score);
    const uint32_t ascending = (bits & 0x80000000u) != 0 ? ~bits : bits | 0x80000000u;
    keys[i] = op.labels[i] < 0 || isnan(score) ? kLeftOut : ~ascending;
    rows[i] = static_cast<uint32_t>(i);
  }
}

struct Weights {
  double positive = 0.0;
  double negative = 0.0;
};

/// What lies in the sorted order, and room for its running sums.
struct Sorted {
  RankScores op;
  const uint32_t* keys;
  const uint32_t* rows;
  Weights* sums;   // (count): up to and with each place
  Weights* parts;  // one per kPart places
  double* terms;   // (2, part count): of the area and of the precision

  __device__ Weights at(int64_t i) const {
    Weights own;
    if (keys[i] == kLeftOut) return own;
    const uint32_t row = rows[i];
    const double weight = op.weights == nullptr ? 1.0 : double{op.weights[row]};
    (op.labels[row] == op.positive ? own.positive : own.negative) = weight;
    return own;
  }
};

__device__ int64_t part_end(int64_t part, int64_t count) {
  return (part + 1) * kPart < count ? (part + 1) * kPart : count;
}

__global__ void sum_parts_kernel(Sorted s, int64_t part_count) {
  KFCTL_FOR_EACH(part, part_count) {
    Weights sum;
    for (int64_t i = part * kPart; i < part_end(part, s.op.count); ++i) {
      const Weights own = s.at(i);
      sum.positive += own.positive;
      sum.negative += own.negative;
    }
    s.parts[part] = sum;
  }
}

/// Each part's sum becomes the sum before it.
__global__ void scan_parts_kernel(Sorted s, int64_t part_count) {
  Weights before;
  for (int64_t part = 0; part < part_count; ++part) {
    const Weights own = s.parts[part];
    s.parts[part] = before;
    before.positive += own.positive;
    before.negative += own.negative;
  }
}

__global__ void running_sums_kernel(Sorted s, int64_t part_count) {
  KFCTL_FOR_EACH(part, part_count) {
    Weights sum = s.parts[part];
    for (int64_t i = part * kPart; i < part_end(part, s.op.count); ++i) {
      const Weights own = s.at(i);
      sum.positive += own.positive;
      sum.negative += own.negative;
      s.sums[i] = sum;
    }
  }
}

/// The first place whose key is above `key`, or at least it.
__device__ int64_t bound(const uint32_t* keys, int64_t count, uint32_t key, bool above) {
  int64_t low = 0;
  int64_t high = count;
  while (low < high) {
    const int64_t middle = (low + high) / 2;
    if (keys[middle] < key || (above && keys[middle] == key)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/// A negative is ranked right against the positives before its ties, and half against its ties; a
/// positive counts with the precision at the end of its ties.
__global__ void terms_kernel(Sorted s, int64_t part_count) {
  KFCTL_FOR_EACH(part, part_count) {
    double area = 0.0;
    double precision = 0.0;
    for (int64_t i = part * kPart; i < part_end(part, s.op.count); ++i) {
      if (s.keys[i] == kLeftOut) continue;
      const Weights own = s.at(i);
      const int64_t first = bound(s.keys, s.op.count, s.keys[i], false);
      const Weights last = s.sums[bound(s.keys, s.op.count, s.keys[i], true) - 1];
      const double before = first == 0 ? 0.0 : s.sums[first - 1].positive;
      area += own.negative * (before + last.positive) / 2.0;
      if (own.positive > 0.0) {
        precision += own.positive * last.positive / (last.positive + last.negative);
      }
    }
    s.terms[part] = area;
    s.terms[part_count + part] = precision;
  }
}

__global__ void ranking_kernel(Sorted s, int64_t part_count) {
  double area = 0.0;
  double precision = 0.0;
  for (int64_t part = 0; part < part_count; ++part) {
    area += s.terms[part];
    precision += s.terms[part_count + part];
  }
  const Weights all = s.sums[s.op.count - 1];
  const double pairs = all.positive * all.negative;
  const double none = nan("");
  *s.op.result = {pairs > 0.0 ? area / pairs : none,
                  all.positive > 0.0 ? precision / all.positive : none, all.positive, all.negative};
}

bool rank(CudaContext& context, const Sorted& sorted, int64_t part_count, CudaReason& why) {
  const unsigned blocks = blocks_for(part_count);
  sum_parts_kernel<<<blocks, kThreads, 0, context.stream>>>(sorted, part_count);
  scan_parts_kernel<<<1, 1, 0, context.stream>>>(sorted, part_count);
  running_sums_kernel<<<blocks, kThreads, 0, context.stream>>>(sorted, part_count);
  terms_kernel<<<blocks, kThreads, 0, context.stream>>>(sorted, part_count);
  ranking_kernel<<<1, 1, 0, context.stream>>>(sorted, part_count);
  return launched("launch RankScores", why);
}

}  // namespace

bool run(CudaContext& context, const TopK& op, CudaReason& why) {
  top_k_kernel<<<blocks_for(op.rows), kThreads, 0, context.stream>>>(op);
  return launched("launch TopK", why);
}

bool run(CudaContext& context, const RankScores& op, CudaReason& why) {
  const size_t count = static_cast<size_t>(op.count);
  const int64_t part_count = (op.count + kPart - 1) / kPart;
  const size_t list = count * sizeof(uint32_t);
  const Scratch keys(context, list, why), rows(context, list, why);
  const Scratch sorted_keys(context, list, why), sorted_rows(context, list, why);
  const Scratch sums(context, count * sizeof(Weights), why);
  const Scratch parts(context, static_cast<size_t>(part_count) * sizeof(Weights), why);
  const Scratch terms(context, static_cast<size_t>(2 * part_count) * sizeof(double), why);
  if (!keys.ok() || !rows.ok() || !sorted_keys.ok() || !sorted_rows.ok() || !sums.ok() ||
      !parts.ok() || !terms.ok()) {
    return false;
  }
  keys_kernel<<<blocks_for(op.count), kThreads, 0, context.stream>>>(op, keys.as<uint32_t>(),
                                                                     rows.as<uint32_t>());
  const auto sort = [&](void* memory, size_t& bytes) {
    return cub::DeviceRadixSort::SortPairs(
        memory, bytes, keys.as<uint32_t>(), sorted_keys.as<uint32_t>(), rows.as<uint32_t>(),
        sorted_rows.as<uint32_t>(), op.count, 0, 32, context.stream);
  };
  size_t bytes = 0;
  if (!done(sort(nullptr, bytes), "sort scores", why)) return false;
  const Scratch memory(context, bytes, why);
  if (!memory.ok() || !done(sort(memory.as<void>(), bytes), "sort scores", why)) return false;
  return rank(context,
              {op, sorted_keys.as<uint32_t>(), sorted_rows.as<uint32_t>(), sums.as<Weights>(),
               parts.as<Weights>(), terms.as<double>()},
              part_count, why);
}

}  // namespace kfctl
