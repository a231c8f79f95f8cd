#include "learn/evaluate/svg_chart.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace kfctl {
namespace {

constexpr double kWidth = 460, kHeight = 300;
constexpr double kLeft = 62, kRight = 14, kTop = 30, kBottom = 46;
constexpr const char* kColours[] = {"#2563eb", "#dc2626", "#059669", "#d97706", "#7c3aed",
                                    "#0891b2", "#db2777", "#65a30d", "#475569", "#92400e"};

template <typename... Values>
std::string format(const char* pattern, Values... values) {
  char text[512];
  std::snprintf(text, sizeof text, pattern, values...);
  return text;
}

struct Axes {
  double x0 = INFINITY, x1 = -INFINITY, y0 = INFINITY, y1 = -INFINITY;

  void take(double x, double y) {
    x0 = std::min(x0, x), x1 = std::max(x1, x);
    y0 = std::min(y0, y), y1 = std::max(y1, y);
  }
  void widen() {
    if (x1 <= x0) x0 -= 0.5, x1 += 0.5;
    if (y1 <= y0) y0 -= 0.5, y1 += 0.5;
  }
  double x(double value) const {
    return kLeft + (value - x0) / (x1 - x0) * (kWidth - kLeft - kRight);
  }
  double y(double value) const {
    return kHeight - kBottom - (value - y0) / (y1 - y0) * (kHeight - kTop - kBottom);
  }
};

// A step of 1, 2 or 5 times a power of ten that gives about five ticks.
double tick_step(double range) {
  const double rough = range / 5, power = std::pow(10.0, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= rough) return factor * power;
  }
  return 10 * power;
}

std::string ticks(const Axes& axes) {
  std::string out;
  const double dx = tick_step(axes.x1 - axes.x0), dy = tick_step(axes.y1 - axes.y0);
  for (double v = std::ceil(axes.x0 / dx) * dx; v <= axes.x1 + dx * 1e-9; v += dx) {
    const double at = axes.x(v);
    out += format("<line class='g' x1='%.1f' x2='%.1f' y1='%.1f' y2='%.1f'/>", at, at, kTop,
                  kHeight - kBottom);
    out += format("<text x='%.1f' y='%.1f' text-anchor='middle'>%.4g</text>", at,
                  kHeight - kBottom + 15, std::abs(v) < dx * 1e-9 ? 0.0 : v);
  }
  for (double v = std::ceil(axes.y0 / dy) * dy; v <= axes.y1 + dy * 1e-9; v += dy) {
    const double at = axes.y(v);
    out += format("<line class='g' x1='%.1f' x2='%.1f' y1='%.1f' y2='%.1f'/>", kLeft,
                  kWidth - kRight, at, at);
    out += format("<text x='%.1f' y='%.1f' text-anchor='end'>%.4g</text>", kLeft - 6, at + 4,
                  std::abs(v) < dy * 1e-9 ? 0.0 : v);
  }
  return out;
}

std::string drawn(const Series& series, const Axes& axes, const char* colour) {
  std::string out;
  if (series.dots) {
    for (const auto& [x, y] : series.points) {
      out += format("<circle cx='%.1f' cy='%.1f' r='2.2' fill='%s' fill-opacity='.55'/>", axes.x(x),
                    axes.y(y), colour);
    }
    return out;
  }
  out = format("<polyline fill='none' stroke='%s' stroke-width='1.8' points='", colour);
  for (const auto& [x, y] : series.points) out += format("%.1f,%.1f ", axes.x(x), axes.y(y));
  return out + "'/>";
}

std::string dashes(double x1, double y1, double x2, double y2) {
  return format("<line class='d' x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f'/>", x1, y1, x2, y2);
}

std::string legend(const std::vector<Series>& series) {
  if (series.size() < 2) return "";
  std::string out = "<p class='legend'>";
  for (size_t i = 0; i < series.size(); ++i) {
    out += "<span><i style='background:" + std::string(kColours[i % std::size(kColours)]) +
           "'></i>" + html_text(series[i].name) + "</span> ";
  }
  return out + "</p>";
}

}  // namespace

std::string html_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string chart_svg(const Chart& chart) {
  std::vector<Series> series = chart.series;
  Axes axes;
  bool any = false;
  for (Series& one : series) {
    std::erase_if(one.points, [](const std::pair<double, double>& point) {
      return !std::isfinite(point.first) || !std::isfinite(point.second);
    });
    for (const auto& [x, y] : one.points) axes.take(x, y), any = true;
  }
  if (!any) return "";
  if (chart.unit) axes = {0, 1, 0, 1};
  if (chart.zero) axes.take(axes.x0, 0);
  axes.widen();
  std::string out =
      "<figure>" + format("<svg viewBox='0 0 %.0f %.0f' width='%.0f' height='%.0f' role='img'>",
                          kWidth, kHeight, kWidth, kHeight);
  out += format("<text class='t' x='%.0f' y='18'>", kLeft) + html_text(chart.title) + "</text>";
  out += ticks(axes);
  if (chart.diagonal) out += dashes(axes.x(0), axes.y(0), axes.x(1), axes.y(1));
  if (chart.zero) out += dashes(axes.x(axes.x0), axes.y(0), axes.x(axes.x1), axes.y(0));
  for (size_t i = 0; i < series.size(); ++i) {
    if (!series[i].points.empty()) {
      out += drawn(series[i], axes, kColours[i % std::size(kColours)]);
    }
  }
  out += format("<text x='%.1f' y='%.1f' text-anchor='middle'>", (kLeft + kWidth - kRight) / 2,
                kHeight - 10) +
         html_text(chart.x_label) + "</text>";
  out += format("<text transform='translate(14 %.1f) rotate(-90)' text-anchor='middle'>",
                (kTop + kHeight - kBottom) / 2) +
         html_text(chart.y_label) + "</text></svg>";
  return out + legend(series) + "</figure>";
}

}  // namespace kfctl
