#include "cli/flame_graph.h"

#include <algorithm>
#include <cstdio>

#include "base/text.h"

namespace kfctl {
namespace {

constexpr double kWidth = 1200;  // of the picture, in its own units
constexpr double kMargin = 10;
constexpr double kRow = 17;          // height of a box and the gap below it
constexpr double kHead = 58;         // above the boxes: title and legend
constexpr double kCharacter = 6.62;  // width of a character of 11 units
constexpr double kNarrowest = 0.15;  // boxes narrower than this are left out
constexpr double kSpace = 8;         // in a box beside its text
constexpr int kDeepest = 250;        // rows that are drawn

struct Hue {
  FrameKind kind;
  std::string_view name;
  int hue;
  int saturation;
};
constexpr Hue kHues[] = {
    {FrameKind::kFunction, "function", 22, 82}, {FrameKind::kField, "field", 96, 42},
    {FrameKind::kFile, "import", 262, 45},      {FrameKind::kLibrary, "std", 205, 62},
    {FrameKind::kNative, "native", 178, 45},    {FrameKind::kProgram, "program", 0, 0}};

const Hue& hue_of(FrameKind kind) {
  return *std::find_if(std::begin(kHues), std::end(kHues),
                       [kind](const Hue& hue) { return hue.kind == kind; });
}

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", value);
  return text;
}

std::string colour(FrameKind kind, std::string_view label) {
  uint32_t hash = 2166136261u;  // FNV-1a
  for (const char c : label) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  const Hue& hue = hue_of(kind);
  const int turn = static_cast<int>(hash % 17) - 8;
  const int light = 66 + static_cast<int>(hash / 17 % 13);
  return "hsl(" + std::to_string((hue.hue + turn + 360) % 360) + "," +
         std::to_string(hue.saturation) + "%," + std::to_string(light) + "%)";
}

std::string escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '\n') {
      out += "&#10;";
    } else {
      out += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
    }
  }
  return out;
}

// As many characters as fit, or nothing.
std::string fitting(const std::string& label, double width) {
  const int room = static_cast<int>((width - kSpace) / kCharacter);
  if (display_width(label) <= room) return label;
  if (room < 4) return "";
  std::string cut = label.substr(0, std::min<size_t>(label.size(), static_cast<size_t>(room)));
  while (!cut.empty() &&
         (display_width(cut) > room - 2 || find_invalid_utf8(cut) != std::string_view::npos))
    cut.pop_back();
  return cut + "..";
}

class Drawing {
 public:
  Drawing(const Profile& profile, ProfileWeight weight)
      : profile_(profile), weight_(weight), children_(profile.nodes().size()) {
    for (uint32_t i = 0; i < profile.nodes().size(); ++i) {
      const uint32_t parent = profile.nodes()[i].parent;
      (parent == i ? tops_ : children_[parent]).push_back(i);
    }
    for (const uint32_t top : tops_) whole_ += cost(top);
    const auto by_label = [this](uint32_t a, uint32_t b) {
      return std::pair(label(a), a) < std::pair(label(b), b);
    };
    std::sort(tops_.begin(), tops_.end(), by_label);
    for (std::vector<uint32_t>& list : children_) std::sort(list.begin(), list.end(), by_label);
    unit_ = whole_ == 0 ? 0 : (kWidth - 2 * kMargin) / static_cast<double>(whole_);
  }

  std::string svg(std::string_view title) {
    double x = kMargin;
    for (const uint32_t top : tops_) x += box(top, x, 0);
    const double height = kHead + kRow * (deepest_ + 1) + kMargin;
    const std::string size = number(kWidth) + " " + number(height);
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + size + "\" width=\"" +
           number(kWidth) + "\" height=\"" + number(height) +
           "\" font-family=\"ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace\" "
           "font-size=\"11\">\n"
           "<style>g:hover>rect{stroke:#000;stroke-width:1}text{pointer-events:none}</style>\n"
           "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n" +
           head(title) + boxes_ + "</svg>\n";
  }

 private:
  uint64_t cost(uint32_t node) const {
    const ProfileCost& total = profile_.nodes()[node].total;
    return weight_ == ProfileWeight::kTime ? total.nanoseconds : total.bytes;
  }
  const ProfileFrame& frame(uint32_t node) const {
    return profile_.frames()[profile_.nodes()[node].frame];
  }
  std::string label(uint32_t node) const { return frame(node).label(); }

  std::string head(std::string_view title) const {
    const ProfileCost sum = profile_.sum();
    std::string text = "<text x=\"10\" y=\"22\" font-size=\"15\" font-weight=\"bold\">" +
                       escape(title) + "</text>\n<text x=\"1190\" y=\"22\" text-anchor=\"end\">" +
                       time_text(sum.nanoseconds) + ", " + bytes_text(sum.bytes) + "; width is " +
                       (weight_ == ProfileWeight::kTime ? "time" : "memory") + "</text>\n";
    double x = kMargin;
    for (const Hue& hue : kHues) {
      text += "<rect x=\"" + number(x) + "\" y=\"34\" width=\"12\" height=\"12\" rx=\"2\" fill=\"" +
              colour(hue.kind, "") + "\"/><text x=\"" + number(x + 17) + "\" y=\"44\">" +
              std::string(hue.name) + "</text>\n";
      x += 17 + kCharacter * static_cast<double>(hue.name.size()) + 18;
    }
    return text;
  }

  // Draws a frame and what it calls; returns its width.
  double box(uint32_t node, double x, int depth) {
    const double width = static_cast<double>(cost(node)) * unit_;
    if (width < kNarrowest || depth >= kDeepest) return width;
    deepest_ = std::max(deepest_, depth);
    const double y = kHead + kRow * depth;
    const std::string name = label(node);
    boxes_ += "<g><title>" + escape(title_of(node)) + "</title><rect x=\"" + number(x) + "\" y=\"" +
              number(y) + "\" width=\"" + number(std::max(kNarrowest, width - 0.5)) +
              "\" height=\"" + number(kRow - 1) + "\" rx=\"2\" fill=\"" +
              colour(frame(node).kind, name) + "\"/>";
    if (const std::string shown = fitting(name, width); !shown.empty())
      boxes_ += "<text x=\"" + number(x + kSpace / 2) + "\" y=\"" + number(y + 12) + "\">" +
                escape(shown) + "</text>";
    boxes_ += "</g>\n";
    double inside = x;
    for (const uint32_t child : children_[node]) inside += box(child, inside, depth + 1);
    return width;
  }

  std::string title_of(uint32_t node) const {
    const ProfileNode& it = profile_.nodes()[node];
    const double share =
        whole_ == 0 ? 0 : 100.0 * static_cast<double>(cost(node)) / static_cast<double>(whole_);
    char percent[16];
    std::snprintf(percent, sizeof percent, "%.1f%%", share);
    return label(node) + "\n" + percent + ", " + std::to_string(it.self.calls) +
           (it.self.calls == 1 ? " call" : " calls") +
           "\nwith what it calls: " + time_text(it.total.nanoseconds) + ", " +
           bytes_text(it.total.bytes) + "\nitself: " + time_text(it.self.nanoseconds) + ", " +
           bytes_text(it.self.bytes);
  }

  const Profile& profile_;
  ProfileWeight weight_;
  std::vector<std::vector<uint32_t>> children_;
  std::vector<uint32_t> tops_;
  uint64_t whole_ = 0;
  double unit_ = 0;
  int deepest_ = 0;
  std::string boxes_;
};

std::string scaled(double value, double step, std::initializer_list<const char*> units) {
  const char* unit = *units.begin();
  for (auto next = units.begin() + 1; next != units.end() && value >= step; ++next) {
    value /= step;
    unit = *next;
  }
  char text[40];
  std::snprintf(text, sizeof text, value < 10 && unit != *units.begin() ? "%.1f %s" : "%.0f %s",
                value, unit);
  return text;
}

}  // namespace

std::string flame_graph(const Profile& profile, ProfileWeight weight, std::string_view title) {
  return Drawing(profile, weight).svg(title);
}

std::string time_text(uint64_t nanoseconds) {
  return scaled(static_cast<double>(nanoseconds), 1000, {"ns", "us", "ms", "s"});
}

std::string bytes_text(uint64_t bytes) {
  return scaled(static_cast<double>(bytes), 1024, {"B", "KiB", "MiB", "GiB"});
}

}  // namespace kfctl
