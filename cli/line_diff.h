// Unified differences of two texts, line by line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kfctl {

struct DiffLine {
  char sign;  // ' ' in both, '-' only before, '+' only after
  std::string_view text;
};

/// All lines of both texts in the order of a diff: the fewest signs that turn one into the other,
/// unless they differ in more than a few thousand lines; then the whole middle is replaced. Views
/// into the texts.
std::vector<DiffLine> line_diff(std::string_view before, std::string_view after);

/// The hunks of `diff -u`, each with "@@ -1,3 +1,4 @@" before it, without file headers.
std::vector<std::string> unified_hunks(const std::vector<DiffLine>& lines, int context);

}  // namespace kfctl
