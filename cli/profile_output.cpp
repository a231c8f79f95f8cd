#include "cli/profile_output.h"

#include <algorithm>

#include "base/text.h"
#include "cli/flame_graph.h"

namespace kfctl {
namespace {

constexpr size_t kShown = 10;

std::string_view kind_name(FrameKind kind) {
  constexpr std::string_view kNames[] = {"program", "import",  "function",
                                         "field",   "library", "native"};
  return kNames[static_cast<int>(kind)];
}

ProfileWeight weight_of(const Args& args) {
  return args.value("profile-by", "time") == "memory" ? ProfileWeight::kMemory
                                                      : ProfileWeight::kTime;
}

std::string title_of(const Args& args) {
  std::string title = "kfctl " + std::string(args.command().path);
  for (const std::string& word : args.words()) title += " " + word;
  return title;
}

std::string padded(const std::string& text, size_t width) {
  const size_t own = static_cast<size_t>(display_width(text));
  return std::string(width > own ? width - own : 0, ' ') + text;
}

Json cost_json(const ProfileCost& cost) {
  return Json::object({{"nanoseconds", static_cast<int64_t>(cost.nanoseconds)},
                       {"bytes", static_cast<int64_t>(cost.bytes)}});
}

}  // namespace

Status check_profile_flags(const Args& args) {
  const bool other = find_flag(args.command(), "evaluator") != nullptr &&
                     args.value("evaluator", "kfctl") != "kfctl";
  if (!args.has("profile") || !other) return Ok{};
  return usage_error("--profile measures kfctl's own evaluator",
                     "leave out --evaluator " + args.value("evaluator"));
}

std::string profile_table(const Profile& profile, ProfileWeight weight, const Style& style) {
  constexpr size_t kWidth = 9;
  const ProfileCost sum = profile.sum();
  std::string text = time_text(sum.nanoseconds) + " and " + bytes_text(sum.bytes) +
                     " in all; the ten dearest, by " +
                     (weight == ProfileWeight::kTime ? "time" : "memory") + " of their own:\n";
  std::string head;
  for (const char* column : {"SELF", "TOTAL", "SELF MEM", "TOTAL MEM", "CALLS"})
    head += padded(column, kWidth) + "  ";
  text += style.bold(head + "WHAT") + "\n";
  const std::vector<Profile::Line> lines = profile.lines(weight);
  for (size_t i = 0; i < std::min(kShown, lines.size()); ++i) {
    const Profile::Line& line = lines[i];
    for (const std::string& cell : {time_text(line.self.nanoseconds),
                                    time_text(line.total.nanoseconds), bytes_text(line.self.bytes),
                                    bytes_text(line.total.bytes), std::to_string(line.self.calls)})
      text += padded(cell, kWidth) + "  ";
    text += line.frame.label() + "\n";
  }
  text.pop_back();
  return text;
}

Json profile_json(const Profile& profile, ProfileWeight weight) {
  Json frames = Json::array();
  for (const Profile::Line& line : profile.lines(weight)) {
    frames.push_back(Json::object({{"kind", kind_name(line.frame.kind)},
                                   {"name", line.frame.name},
                                   {"place", line.frame.place},
                                   {"calls", static_cast<int64_t>(line.self.calls)},
                                   {"self", cost_json(line.self)},
                                   {"total", cost_json(line.total)}}));
  }
  Json json = cost_json(profile.sum());
  json["kind"] = "profile";
  json["frames"] = std::move(frames);
  return json;
}

Status write_profile(const Profile& profile, const Args& args, Console& console, World& world) {
  if (!args.has("profile")) return Ok{};
  const std::string file = args.value("profile");
  const ProfileWeight weight = weight_of(args);
  std::string text;
  if (file.ends_with(".svg")) {
    text = flame_graph(profile, weight, title_of(args));
  } else if (file.ends_with(".json")) {
    text = profile_json(profile, weight).dump(2) + "\n";
  } else {
    text = profile.folded(weight);
  }
  KF_DO(world.files.write(file, std::move(text)));
  console.note(profile_table(profile, weight, console.note_style()));
  console.note("wrote " + file);
  return Ok{};
}

}  // namespace kfctl
