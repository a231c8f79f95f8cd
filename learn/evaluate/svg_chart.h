// Charts as inline SVG: no script, no font, no network.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kfctl {

using Points = std::vector<std::pair<double, double>>;

struct Series {
  std::string name;
  Points points;
  bool dots = false;  // single marks instead of a line
};

struct Chart {
  std::string title;
  std::string x_label;
  std::string y_label;
  std::vector<Series> series;
  bool unit = false;      // both axes run from 0 to 1
  bool diagonal = false;  // a dashed line from corner to corner
  bool zero = false;      // a dashed line at y = 0
};

/// "" if no series has a point. Points that are not finite are left out.
std::string chart_svg(const Chart& chart);

/// Text for HTML: &, <, > and quotes escaped.
std::string html_text(std::string_view text);

}  // namespace kfctl
