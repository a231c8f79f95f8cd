// Myers, "An O(ND) Difference Algorithm and Its Variations" (1986): walk the edit graph breadth
// first over the number of signs D, remember for each D how far every diagonal got, and read the
// path backwards. Lines that both texts begin and end with are taken off first.
#include "cli/line_diff.h"

#include <algorithm>
#include <cstddef>

#include "base/text.h"

namespace kfctl {
namespace {

using Lines = std::vector<std::string_view>;
using Index = std::ptrdiff_t;

constexpr Index kMostSigns = 4000;  // memory grows with its square: 4000 take 64 MB

std::string_view at(const Lines& lines, Index i) { return lines[static_cast<size_t>(i)]; }

class Differ {
 public:
  Differ(const Lines& before, const Lines& after) : a_(before), b_(after) {}

  std::vector<DiffLine> run() {
    Index first = 0;
    Index a_end = std::ssize(a_), b_end = std::ssize(b_);
    while (first < a_end && first < b_end && at(a_, first) == at(b_, first)) ++first;
    while (a_end > first && b_end > first && at(a_, a_end - 1) == at(b_, b_end - 1)) {
      --a_end;
      --b_end;
    }
    for (Index i = 0; i < first; ++i) emit(' ', at(a_, i));
    middle(first, a_end, b_end);
    for (Index i = a_end; i < std::ssize(a_); ++i) emit(' ', at(a_, i));
    return std::move(out_);
  }

 private:
  void emit(char sign, std::string_view text) { out_.push_back({sign, text}); }

  void replace(Index first, Index a_end, Index b_end) {
    for (Index i = first; i < a_end; ++i) emit('-', at(a_, i));
    for (Index i = first; i < b_end; ++i) emit('+', at(b_, i));
  }

  // reach[d][k + d]: how far in `a` d signs get on diagonal k (= x - y).
  void middle(Index first, Index a_end, Index b_end) {
    const Index n = a_end - first, m = b_end - first;
    std::vector<std::vector<Index>> reach;
    for (Index d = 0; d <= std::min(n + m, kMostSigns); ++d) {
      reach.emplace_back(static_cast<size_t>(2 * d + 1));
      for (Index k = -d; k <= d; k += 2) {
        Index x = d == 0 ? 0 : start_of(reach[static_cast<size_t>(d - 1)], d, k);
        while (x < n && x - k < m && at(a_, first + x) == at(b_, first + x - k)) ++x;
        reach.back()[static_cast<size_t>(k + d)] = x;
        if (x >= n && x - k >= m) return walk_back(reach, first, n, m);
      }
    }
    replace(first, a_end, b_end);
  }

  // Where the walk on diagonal k goes on from, one sign earlier: down (an added line) or right.
  static bool comes_down(const std::vector<Index>& last, Index d, Index k) {
    const auto x = [&](Index diagonal) { return last[static_cast<size_t>(diagonal + d - 1)]; };
    return k == -d || (k != d && x(k - 1) < x(k + 1));
  }
  static Index start_of(const std::vector<Index>& last, Index d, Index k) {
    const auto x = [&](Index diagonal) { return last[static_cast<size_t>(diagonal + d - 1)]; };
    return comes_down(last, d, k) ? x(k + 1) : x(k - 1) + 1;
  }

  void walk_back(const std::vector<std::vector<Index>>& reach, Index first, Index n, Index m) {
    std::vector<DiffLine> backwards;
    Index x = n, y = m;
    for (Index d = std::ssize(reach) - 1; d > 0; --d) {
      const std::vector<Index>& last = reach[static_cast<size_t>(d - 1)];
      const Index k = x - y;
      const Index start = start_of(last, d, k);
      for (; x > start; --x, --y) backwards.push_back({' ', at(a_, first + x - 1)});
      if (comes_down(last, d, k))
        backwards.push_back({'+', at(b_, first + --y)});
      else
        backwards.push_back({'-', at(a_, first + --x)});
    }
    for (; x > 0; --x) backwards.push_back({' ', at(a_, first + x - 1)});
    out_.insert(out_.end(), backwards.rbegin(), backwards.rend());
  }

  const Lines& a_;
  const Lines& b_;
  std::vector<DiffLine> out_;
};

std::string range(size_t begin, size_t count) {
  // An empty range is named by the line before it, as diff does.
  const std::string start = std::to_string(count == 0 ? begin : begin + 1);
  return count == 1 ? start : start + "," + std::to_string(count);
}

}  // namespace

std::vector<DiffLine> line_diff(std::string_view before, std::string_view after) {
  const Lines a = split_lines(before), b = split_lines(after);
  return Differ(a, b).run();
}

std::vector<std::string> unified_hunks(const std::vector<DiffLine>& lines, int context) {
  std::vector<std::string> out;
  const size_t margin = static_cast<size_t>(context);
  size_t before_line = 0, after_line = 0;  // lines passed so far
  size_t i = 0;
  while (i < lines.size()) {
    size_t sign = i;
    while (sign < lines.size() && lines[sign].sign == ' ') ++sign;
    if (sign == lines.size()) break;
    const size_t begin = std::max(i, sign < margin ? 0 : sign - margin);
    before_line += begin - i;
    after_line += begin - i;
    size_t end = sign;  // behind the last sign that belongs to this hunk
    for (size_t j = sign; j < lines.size() && j <= end + 2 * margin; ++j) {
      if (lines[j].sign != ' ') end = j + 1;
    }
    const size_t stop = std::min(end + margin, lines.size());
    size_t removed = 0, added = 0;
    for (size_t j = begin; j < stop; ++j) {
      removed += lines[j].sign != '+';
      added += lines[j].sign != '-';
    }
    out.push_back("@@ -" + range(before_line, removed) + " +" + range(after_line, added) + " @@");
    for (size_t j = begin; j < stop; ++j) out.push_back(lines[j].sign + std::string(lines[j].text));
    before_line += removed;
    after_line += added;
    i = stop;
  }
  return out;
}

}  // namespace kfctl
