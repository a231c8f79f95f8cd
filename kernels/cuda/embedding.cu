#include <cub/device/device_radix_sort.cuh>

#include "kernels/cuda/launch.cuh"

namespace kfctl {
namespace {

__global__ void embedding_forward_kernel(EmbeddingForward op) {
  KFCTL_FOR_EACH(i, op.rows * op.width) {
    const int64_t row = i / op.width;
    const int64_t c = i % op.width;
    const int64_t id = op.ids[row * op.ids_stride];
    const bool known = id >= 0 && id < op.vocabulary;
    op.y[row * op.y_stride + c] = known ? op.table[id * op.width + c] : 0.0f;
  }
}

/// Each row's id and number; no id is sorted behind all others.
__global__ void list_rows_kernel(EmbeddingBackward op, uint32_t* ids, uint32_t* rows) {
  KFCTL_FOR_EACH(row, op.rows) {
    const int64_t id = op.ids[row * op.ids_stride];
    ids[row] = static_cast<uint32_t>(id >= 0 && id < op.vocabulary ? id : op.vocabulary);
    rows[row] = static_cast<uint32_t>(row);
  }
}

// One warp per place of the sorted list; the first place of an id adds up all of its rows, in
// order.
__global__ void add_rows_kernel(EmbeddingBackward op, const uint32_t* ids, const uint32_t* rows) {
  const int lane = threadIdx.x % 32;
  KFCTL_FOR_EACH(thread, op.rows * 32) {
    const int64_t place = thread / 32;
    const uint32_t id = ids[place];
    if (id >= op.vocabulary || (place > 0 && ids[place - 1] == id)) continue;
    for (int64_t c = lane; c < op.width; c += 32) {
      float* const target = op.dtable + int64_t{id} * op.width + c;
      float sum = op.accumulate ? *target : 0.0f;
      for (int64_t i = place; i < op.rows && ids[i] == id; ++i) {
        sum += op.dy[rows[i] * op.dy_stride + c];
      }
      *target = sum;
    }
  }
}

}  // namespace

bool run(CudaContext& context, const EmbeddingForward& op, CudaReason& why) {
  embedding_forward_kernel<<<blocks_for(op.rows * op.width), kThreads, 0, context.stream>>>(op);
  return launched("launch EmbeddingForward", why);
}

// A stable sort by id keeps the rows of an id in order: the sums have one order without atomics.
bool run(CudaContext& context, const EmbeddingBackward& op, CudaReason& why) {
  if (!op.accumulate) {
    const size_t bytes = static_cast<size_t>(op.vocabulary * op.width) * sizeof(float);
    if (!done(cudaMemsetAsync(op.dtable, 0, bytes, context.stream), "clear a gradient", why)) {
      return false;
    }
  }
  const size_t list = static_cast<size_t>(op.rows) * sizeof(uint32_t);
  const Scratch ids(context, list, why), rows(context, list, why);
  const Scratch sorted_ids(context, list, why), sorted_rows(context, list, why);
  if (!ids.ok() || !rows.ok() || !sorted_ids.ok() || !sorted_rows.ok()) return false;
  list_rows_kernel<<<blocks_for(op.rows), kThreads, 0, context.stream>>>(op, ids.as<uint32_t>(),
                                                                         rows.as<uint32_t>());
  const auto sort = [&](void* memory, size_t& bytes) {
    return cub::DeviceRadixSort::SortPairs(
        memory, bytes, ids.as<uint32_t>(), sorted_ids.as<uint32_t>(), rows.as<uint32_t>(),
        sorted_rows.as<uint32_t>(), op.rows, 0, 32, context.stream);
  };
  size_t bytes = 0;
  if (!done(sort(nullptr, bytes), "sort ids", why)) return false;
  const Scratch memory(context, bytes, why);
  if (!memory.ok() || !done(sort(memory.as<void>(), bytes), "sort ids", why)) return false;
  add_rows_kernel<<<blocks_for(op.rows * 32), kThreads, 0, context.stream>>>(
      op, sorted_ids.as<uint32_t>(), sorted_rows.as<uint32_t>());
  return launched("launch EmbeddingBackward", why);
}

}  // namespace kfctl
