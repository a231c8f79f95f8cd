#include "cli/health_text.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace kfctl {
namespace {

constexpr Health kStates[] = {Health::kCurrent,     Health::kInProgress, Health::kFailed,
                              Health::kTerminating, Health::kNotFound,   Health::kUnknown};

std::string_view words(Health state) {
  switch (state) {
    case Health::kCurrent:
      return "current";
    case Health::kInProgress:
      return "in progress";
    case Health::kFailed:
      return "failed";
    case Health::kTerminating:
      return "terminating";
    case Health::kNotFound:
      return "not found";
    case Health::kUnknown:
      break;
  }
  return "unknown";
}

std::string coloured(Health state, std::string_view text, const Style& style) {
  switch (state) {
    case Health::kCurrent:
      return style.green(text);
    case Health::kFailed:
    case Health::kNotFound:
      return style.red(text);
    case Health::kInProgress:
    case Health::kTerminating:
      return style.yellow(text);
    case Health::kUnknown:
      break;
  }
  return style.dim(text);
}

struct Line {
  std::string name;
  std::string space;
  Health state;
  std::string message;
};

void add_lines(const HealthTree& tree, int depth, bool all, const std::string& note,
               std::vector<Line>& out) {
  std::string message = one_line(tree.health.message);
  if (!note.empty()) message += (message.empty() ? "" : "; ") + note;
  out.push_back({std::string(static_cast<size_t>(2 * depth), ' ') + tree.id.text(),
                 tree.id.namespace_, tree.health.state, message});
  if (tree.health.state == Health::kCurrent && !all) return;
  for (const HealthTree& part : tree.parts) add_lines(part, depth + 1, all, "", out);
}

std::string padded(const std::string& text, size_t width) {
  const size_t shown = static_cast<size_t>(display_width(text));
  return text + std::string(width > shown ? width - shown : 0, ' ');
}

std::string trimmed_end(std::string text) {
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

size_t count_of(const std::vector<HealthTree>& trees, Health state) {
  return static_cast<size_t>(
      std::count_if(trees.begin(), trees.end(),
                    [state](const HealthTree& tree) { return tree.health.state == state; }));
}

std::string cut(std::string text, int width) {
  if (display_width(text) < width) return text;
  while (!text.empty() && display_width(text) + 1 >= width) {
    // Not in the middle of a character.
    do text.pop_back();
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xc0) == 0x80);
  }
  return text;
}

}  // namespace

std::string one_line(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return out;
}

std::string health_text(const StatusReport& report, const Style& style, bool all) {
  std::vector<Line> lines;
  for (const HealthTree& tree : report.objects) add_lines(tree, 0, all, "", lines);
  for (const HealthTree& tree : report.stale) {
    add_lines(tree, 0, all, "no longer rendered", lines);
  }
  std::array<size_t, 3> widths = {6, 9, 6};  // of the headers
  for (const Line& line : lines) {
    widths[0] = std::max(widths[0], static_cast<size_t>(display_width(line.name)));
    widths[1] = std::max(widths[1], static_cast<size_t>(display_width(line.space)));
    widths[2] = std::max(widths[2], health_name(line.state).size());
  }
  std::string text = style.bold(padded("OBJECT", widths[0])) + "  " +
                     style.bold(padded("NAMESPACE", widths[1])) + "  " +
                     style.bold(padded("HEALTH", widths[2])) + "  " + style.bold("MESSAGE") + "\n";
  for (const Line& line : lines) {
    const std::string state = padded(std::string(health_name(line.state)), widths[2]);
    text += trimmed_end(padded(line.name, widths[0]) + "  " + padded(line.space, widths[1]) + "  " +
                        coloured(line.state, state, style) + "  " + line.message) +
            "\n";
  }
  return text;
}

std::string health_summary(const StatusReport& report) {
  std::vector<HealthTree> all = report.objects;
  all.insert(all.end(), report.stale.begin(), report.stale.end());
  std::vector<std::string> parts;
  for (const Health state : kStates) {
    const size_t count = count_of(all, state);
    if (count > 0) parts.push_back(std::to_string(count) + " " + std::string(words(state)));
  }
  if (parts.empty()) return "no objects";
  return std::to_string(all.size()) + (all.size() == 1 ? " object: " : " objects: ") +
         join(parts, ", ");
}

Json health_object(const HealthTree& tree) {
  Json object = Json::object({{"apiVersion", tree.id.api_version},
                              {"kind", tree.id.kind},
                              {"namespace", tree.id.namespace_},
                              {"name", tree.id.name},
                              {"health", health_name(tree.health.state)},
                              {"message", tree.health.message}});
  for (const HealthTree& part : tree.parts) object["parts"].push_back(health_object(part));
  return object;
}

Json health_json(const StatusReport& report, const std::string& environment,
                 const std::string& destination) {
  Json objects = Json::array();
  const auto add = [&objects](const std::vector<HealthTree>& trees, bool rendered) {
    for (const HealthTree& tree : trees) {
      Json object = health_object(tree);
      object["rendered"] = rendered;
      objects.push_back(std::move(object));
    }
  };
  add(report.objects, true);
  add(report.stale, false);
  return Json::object({{"kind", "status"},
                       {"environment", environment},
                       {"destination", destination},
                       {"healthy", report.healthy()},
                       {"objects", std::move(objects)}});
}

std::vector<std::string> health_lines(const std::vector<HealthTree>& trees, const Style& style,
                                      int width, int height) {
  std::vector<Line> lines;
  for (const HealthTree& tree : trees) {
    if (tree.health.state != Health::kCurrent) add_lines(tree, 0, false, "", lines);
  }
  std::vector<std::string> out = {std::to_string(count_of(trees, Health::kCurrent)) + " of " +
                                  std::to_string(trees.size()) + " ready"};
  const size_t room = static_cast<size_t>(std::max(2, height)) - 1;
  const size_t shown = lines.size() > room ? room - 1 : lines.size();
  for (size_t i = 0; i < shown; ++i) {
    const Line& line = lines[i];
    const std::string state(health_name(line.state));
    const std::string text = cut("  " + line.name + "  " + state + "  " + line.message, width);
    // Coloured after cutting, so that no escape is cut.
    const size_t at = text.find(state, 2 + line.name.size());
    out.push_back(at == std::string::npos
                      ? text
                      : text.substr(0, at) + coloured(line.state, state, style) +
                            text.substr(at + state.size()));
  }
  if (shown < lines.size()) {
    out.push_back("  and " + std::to_string(lines.size() - shown) + " more");
  }
  return out;
}

}  // namespace kfctl
