#include "learn/data/number_text.h"

#include <charconv>
#include <cstdint>
#include <limits>

#include "base/text.h"

namespace kfctl {
namespace {

constexpr double kPowers[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                              1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

// Digits with at most one point, 15 digits at most: the digits are an integer below 2^53 and the
// power of ten is exact, so that one division rounds correctly. Everything else is nullopt.
std::optional<double> parse_short(std::string_view text) {
  const bool negative = text.front() == '-';
  if (negative) text.remove_prefix(1);
  if (text.empty() || text.size() > 16) return std::nullopt;
  uint64_t digits = 0;
  size_t point = text.size();
  for (size_t i = 0; i < text.size(); ++i) {
    const unsigned digit = static_cast<unsigned char>(text[i]) - unsigned{'0'};
    if (digit <= 9) {
      digits = digits * 10 + digit;
    } else if (text[i] == '.' && point == text.size()) {
      point = i;
    } else {
      return std::nullopt;
    }
  }
  const size_t decimals = point == text.size() ? 0 : text.size() - point - 1;
  const size_t count = text.size() - (point == text.size() ? 0 : 1);
  if (count == 0 || count > 15) return std::nullopt;
  const double value = static_cast<double>(digits) / kPowers[decimals];
  return negative ? -value : value;
}

}  // namespace

bool is_missing_text(std::string_view cell) {
  cell = trim(cell);
  if (cell.size() > 4) return false;
  for (const std::string_view word :
       {"", "NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "None", "<NA>", "#N/A", "?"}) {
    if (cell == word) return true;
  }
  return false;
}

std::optional<double> parse_number(std::string_view cell) {
  if (cell.empty()) return std::numeric_limits<double>::quiet_NaN();
  if (const std::optional<double> value = parse_short(cell)) return value;
  if (is_missing_text(cell)) return std::numeric_limits<double>::quiet_NaN();
  cell = trim(cell);
  if (cell.size() > 1 && cell[0] == '+' && cell[1] != '-') cell.remove_prefix(1);
  double value = 0;
  const std::from_chars_result end = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (end.ptr != cell.data() + cell.size() || end.ec == std::errc::invalid_argument) {
    return std::nullopt;
  }
  if (end.ec == std::errc::result_out_of_range) {
    // from_chars does not say which side: a tiny number is zero, a huge one is no number here.
    return cell.find("e-") != cell.npos || cell.find("E-") != cell.npos ? std::optional(0.0)
                                                                        : std::nullopt;
  }
  if (value != value) return std::nullopt;  // "-nan", "nan(1)"
  return value;
}

}  // namespace kfctl
