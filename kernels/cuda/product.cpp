#include "kernels/cuda/product.h"

#include <memory>

namespace kfctl {
namespace {

// cuBLAS is column-major, where our arrays are their own transposes: c^T = b^T a^T. So our b is its
// A and our columns are its rows, along which it adds a bias: that is ours, too.

template <typename T>
struct Owned {
  T value = nullptr;
  cublasStatus_t (*destroy)(T) = nullptr;
  Owned() = default;
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  ~Owned() {
    if (value != nullptr) destroy(value);
  }
};

struct Types {
  cublasComputeType_t compute;
  cudaDataType_t operand;
};

Types types_of(Precision precision) {
  switch (precision) {
    case Precision::kFp32:
      return {CUBLAS_COMPUTE_32F, CUDA_R_32F};
    case Precision::kTf32:
      return {CUBLAS_COMPUTE_32F_FAST_TF32, CUDA_R_32F};
    case Precision::kBf16:
      return {CUBLAS_COMPUTE_32F, CUDA_R_16BF};
    case Precision::kFp16:
      return {CUBLAS_COMPUTE_32F, CUDA_R_16F};
  }
  return {CUBLAS_COMPUTE_32F, CUDA_R_32F};
}

cublasLtEpilogue_t epilogue_of(const Product& p) {
  if (p.b_sums != nullptr) return CUBLASLT_EPILOGUE_BGRADA;
  if (p.relu) return p.bias != nullptr ? CUBLASLT_EPILOGUE_RELU_BIAS : CUBLASLT_EPILOGUE_RELU;
  return p.bias != nullptr ? CUBLASLT_EPILOGUE_BIAS : CUBLASLT_EPILOGUE_DEFAULT;
}

/// Descriptors of one product.
class Plan {
 public:
  Plan(CudaContext& context, const Product& p) : context_(context), lt_(*context.cublas), p_(p) {}

  bool make(CudaReason& why) {
    const Types types = types_of(p_.precision);
    descriptor_.destroy = lt_.destroy_descriptor;
    if (!done(lt_, lt_.create_descriptor(&descriptor_.value, types.compute, CUDA_R_32F),
              "describe a product", why)) {
      return false;
    }
    const cublasOperation_t of_b = p_.b_transposed ? CUBLAS_OP_T : CUBLAS_OP_N;
    const cublasOperation_t of_a = p_.a_transposed ? CUBLAS_OP_T : CUBLAS_OP_N;
    const cublasLtEpilogue_t epilogue = epilogue_of(p_);
    const void* const vector = p_.b_sums != nullptr ? p_.b_sums : p_.bias;
    bool set = attribute(CUBLASLT_MATMUL_DESC_TRANSA, of_b, why) &&
               attribute(CUBLASLT_MATMUL_DESC_TRANSB, of_a, why) &&
               attribute(CUBLASLT_MATMUL_DESC_EPILOGUE, epilogue, why);
    if (vector != nullptr) {
      set = set && attribute(CUBLASLT_MATMUL_DESC_BIAS_POINTER, vector, why) &&
            attribute(CUBLASLT_MATMUL_DESC_BIAS_DATA_TYPE, CUDA_R_32F, why);
    }
    const int64_t b_line = p_.b_transposed ? p_.depth : p_.columns;
    const int64_t a_line = p_.a_transposed ? p_.rows : p_.depth;
    return set && layout(b_, types.operand, b_line, p_.b_transposed ? p_.columns : p_.depth, why) &&
           layout(a_, types.operand, a_line, p_.a_transposed ? p_.depth : p_.rows, why) &&
           layout(c_, CUDA_R_32F, p_.columns, p_.rows, why);
  }

  /// Null if cuBLASLt has no kernel for it.
  const cublasLtMatmulAlgo_t* algorithm(CudaReason& why) {
    const ProductKey key = {p_.rows,
                            p_.columns,
                            p_.depth,
                            p_.a_transposed,
                            p_.b_transposed,
                            static_cast<int>(p_.precision),
                            static_cast<int>(epilogue_of(p_)),
                            p_.add};
    const auto known = context_.algorithms.find(key);
    if (known != context_.algorithms.end()) return &known->second;

    Owned<cublasLtMatmulPreference_t> preference;
    preference.destroy = lt_.destroy_preference;
    const size_t workspace = CudaContext::kWorkspaceBytes;
    const uint32_t unsplit = CUBLASLT_REDUCTION_SCHEME_NONE;  // one order of the sums
    if (!done(lt_, lt_.create_preference(&preference.value), "describe a product", why) ||
        !done(lt_,
              lt_.set_preference(preference.value, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES,
                                 &workspace, sizeof workspace),
              "describe a product", why) ||
        !done(lt_,
              lt_.set_preference(preference.value, CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK,
                                 &unsplit, sizeof unsplit),
              "describe a product", why)) {
      return nullptr;
    }
    cublasLtMatmulHeuristicResult_t found = {};
    int count = 0;
    const cublasStatus_t code =
        lt_.heuristic(context_.handle, descriptor_.value, b_.value, a_.value, c_.value, c_.value,
                      preference.value, 1, &found, &count);
    if (!done(lt_, code, "choose a kernel for a product", why) || count == 0) return nullptr;
    return &context_.algorithms.emplace(key, found.algo).first->second;
  }

  bool run(const void* a, const void* b, const cublasLtMatmulAlgo_t& algorithm, CudaReason& why) {
    const float one = 1.0f;
    const float keep = p_.add ? 1.0f : 0.0f;
    return done(lt_,
                lt_.matmul(context_.handle, descriptor_.value, &one, b, b_.value, a, a_.value,
                           &keep, p_.c, c_.value, p_.c, c_.value, &algorithm, context_.workspace,
                           CudaContext::kWorkspaceBytes, context_.stream),
                "multiply", why);
  }

 private:
  template <typename T>
  bool attribute(cublasLtMatmulDescAttributes_t name, const T& value, CudaReason& why) {
    return done(lt_, lt_.set_descriptor(descriptor_.value, name, &value, sizeof value),
                "describe a product", why);
  }

  bool layout(Owned<cublasLtMatrixLayout_t>& target, cudaDataType_t type, int64_t lines,
              int64_t columns, CudaReason& why) {
    target.destroy = lt_.destroy_layout;
    return done(lt_,
                lt_.create_layout(&target.value, type, static_cast<uint64_t>(lines),
                                  static_cast<uint64_t>(columns), lines),
                "describe a product", why);
  }

  CudaContext& context_;
  const Cublas& lt_;
  const Product& p_;
  Owned<cublasLtMatmulDesc_t> descriptor_;
  Owned<cublasLtMatrixLayout_t> a_, b_, c_;
};

/// The product with operands as they lie in memory: fp32, or rounded already.
bool run_on(CudaContext& context, const Product& product, const void* a, const void* b, bool& fused,
            CudaReason& why) {
  {
    Plan plan(context, product);
    if (!plan.make(why)) return false;
    CudaReason none = {};
    fused = true;
    if (const cublasLtMatmulAlgo_t* const found = plan.algorithm(none)) {
      return plan.run(a, b, *found, why);
    }
  }
  Product bare = product;
  bare.bias = nullptr;
  bare.relu = false;
  bare.b_sums = nullptr;
  fused = false;
  Plan plan(context, bare);
  if (!plan.make(why)) return false;
  const cublasLtMatmulAlgo_t* const found = plan.algorithm(why);
  return found != nullptr && plan.run(a, b, *found, why);
}

}  // namespace

bool multiply(CudaContext& context, const Product& product, bool& fused, CudaReason& why) {
  if (product.precision == Precision::kFp32 || product.precision == Precision::kTf32) {
    return run_on(context, product, product.a, product.b, fused, why);
  }
  const int64_t a_count = product.rows * product.depth;
  const int64_t b_count = product.depth * product.columns;
  const Scratch a(context, static_cast<size_t>(a_count) * 2, why);
  const Scratch b(context, static_cast<size_t>(b_count) * 2, why);
  return a.ok() && b.ok() &&
         round_to_half(context, product.a, a.as<void>(), a_count, product.precision, why) &&
         round_to_half(context, product.b, b.as<void>(), b_count, product.precision, why) &&
         run_on(context, product, a.as<void>(), b.as<void>(), fused, why);
}

// Layers.

bool run(CudaContext& context, const DenseForward& op, CudaReason& why) {
  // ReLU is fused unless what went into it is wanted too.
  const bool relu = op.activation == Activation::kRelu && op.pre == nullptr;
  const Product product = {.a = op.x,
                           .b = op.w,
                           .c = op.y,
                           .rows = op.rows,
                           .columns = op.out,
                           .depth = op.in,
                           .precision = op.precision,
                           .bias = op.bias,
                           .relu = relu};
  bool fused = false;
  if (!multiply(context, product, fused, why)) return false;
  const Activation left = fused && relu ? Activation::kIdentity : op.activation;
  return finish_rows(context, op.y, fused ? nullptr : op.bias, op.pre, op.rows, op.out, left, why);
}

bool run(CudaContext& context, const DenseBackward& op, CudaReason& why) {
  bool have_dbias = op.dbias == nullptr;
  if (op.dw != nullptr) {
    const Product product = {.a = op.x,
                             .b = op.dz,
                             .c = op.dw,
                             .rows = op.in,
                             .columns = op.out,
                             .depth = op.rows,
                             .a_transposed = true,
                             .add = op.accumulate,
                             .precision = op.precision,
                             .b_sums = op.accumulate || op.precision != Precision::kFp32
                                           ? nullptr  // it would overwrite, or sum what is rounded
                                           : op.dbias};
    bool fused = false;
    if (!multiply(context, product, fused, why)) return false;
    have_dbias = have_dbias || (fused && product.b_sums != nullptr);
  }
  if (!have_dbias && !sum_columns(context, op.dz, op.rows, op.out, op.dbias, op.accumulate, why)) {
    return false;
  }
  if (op.dx == nullptr) return true;
  const Product product = {.a = op.dz,
                           .b = op.w,
                           .c = op.dx,
                           .rows = op.rows,
                           .columns = op.in,
                           .depth = op.out,
                           .b_transposed = true,
                           .precision = op.precision};
  bool fused = false;
  return multiply(context, product, fused, why) &&
         multiply_slope(context, op.dx, op.x, op.pre, op.rows * op.in, op.below, why);
}

}  // namespace kfctl
