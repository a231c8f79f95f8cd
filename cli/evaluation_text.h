// Evaluations for people.
#pragma once

#include <string>

#include "learn/evaluate/metrics.h"

namespace kfctl {

/// A few lines: the overall figures.
std::string evaluation_summary(const Evaluation& evaluation);

/// The summary, then a line for each class.
std::string evaluation_text(const Evaluation& evaluation);

}  // namespace kfctl
