// Numbers and missing values as data files write them.
#pragma once

#include <optional>
#include <string_view>

namespace kfctl {

/// Whether the cell stands for no value: empty, NA, N/A, n/a, NaN, nan, null, NULL, None, <NA>,
/// #N/A or ?. Blanks around it do not count.
bool is_missing_text(std::string_view cell);

/// The number that the whole cell is, correctly rounded; blanks around it and a leading plus are
/// allowed. NaN if the cell is missing, nullopt if it is something else.
std::optional<double> parse_number(std::string_view cell);

}  // namespace kfctl
