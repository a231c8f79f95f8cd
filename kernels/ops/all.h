// The structs of all ops, and their table, without what needs the C++ library.
#pragma once

#include "kernels/ops/dense.h"
#include "kernels/ops/elementwise.h"
#include "kernels/ops/embedding.h"
#include "kernels/ops/image.h"
#include "kernels/ops/input.h"
#include "kernels/ops/loss.h"
#include "kernels/ops/metrics.h"
#include "kernels/ops/norm.h"
#include "kernels/ops/optimiser.h"
#include "kernels/ops/table.h"
