// KFCTL_BOTH: what a function needs that host and device call, and that is compiled for several
// instruction sets. It is inlined always: a copy of it that was compiled for AVX-512 must not be
// the one that the linker keeps for everybody.
#pragma once

#ifdef __CUDACC__
#define KFCTL_BOTH __host__ __device__
#else
#define KFCTL_BOTH __attribute__((always_inline))
#endif
