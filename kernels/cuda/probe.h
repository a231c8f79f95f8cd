// Does code of ours run on this device? Asked of each device before it is called usable.
#pragma once

struct CUstream_st;

namespace kfctl {

/// Writes the architecture that the code running was compiled for (800, 900) to `architecture`.
///
/// Memory: `architecture` is device memory owned by the caller.
/// Order:  queued on `stream` and returns at once.
/// Errors: the code that the launch was refused with (a cudaError_t), 0 if it was not.
int launch_probe(int* architecture, CUstream_st* stream);

}  // namespace kfctl
