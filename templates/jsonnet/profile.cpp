#include "templates/jsonnet/profile.h"

#include <algorithm>

namespace kfctl {
namespace {

uint64_t weight_of(const ProfileCost& cost, ProfileWeight weight) {
  return weight == ProfileWeight::kTime ? cost.nanoseconds : cost.bytes;
}

constexpr uint32_t kTop = UINT32_MAX;

}  // namespace

std::string ProfileFrame::label() const {
  const std::string at = place.empty() ? "" : " (" + place + ")";
  switch (kind) {
    case FrameKind::kFile:
      return "import " + name;
    case FrameKind::kFunction:
      return (name.empty() ? "function" : name) + at;
    case FrameKind::kField:
      return "field " + (name.empty() ? "[...]" : name) + at;
    case FrameKind::kNative:
      return "native " + name;
    case FrameKind::kProgram:
    case FrameKind::kLibrary:
      break;
  }
  return name;
}

ProfileCost& ProfileCost::operator+=(const ProfileCost& other) {
  calls += other.calls;
  nanoseconds += other.nanoseconds;
  bytes += other.bytes;
  return *this;
}

uint32_t Profile::frame_number(const ProfileFrame& frame) {
  const uint32_t next = static_cast<uint32_t>(frames_.size());
  const auto [known, is_new] = frame_numbers_.try_emplace(frame, next);
  if (is_new) frames_.push_back(frame);
  return known->second;
}

// kTop as parent stands for none.
uint32_t Profile::node_number(uint32_t parent, uint32_t frame) {
  const uint32_t next = static_cast<uint32_t>(nodes_.size());
  const auto [known, is_new] = node_numbers_.try_emplace({parent, frame}, next);
  if (is_new) nodes_.push_back({frame, parent == kTop ? next : parent, {}, {}});
  return known->second;
}

void Profile::add(const std::vector<ProfileFrame>& frames, const std::vector<ProfileNode>& nodes) {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::vector<uint32_t> frame_of, node_of;
  for (const ProfileFrame& frame : frames) frame_of.push_back(frame_number(frame));
  for (uint32_t i = 0; i < nodes.size(); ++i) {
    const uint32_t parent = nodes[i].parent == i ? kTop : node_of[nodes[i].parent];
    node_of.push_back(node_number(parent, frame_of[nodes[i].frame]));
    nodes_[node_of[i]].self += nodes[i].self;
  }
  for (ProfileNode& node : nodes_) node.total = node.self;
  for (size_t i = nodes_.size(); i-- > 0;)
    if (nodes_[i].parent != i) nodes_[nodes_[i].parent].total += nodes_[i].total;
}

ProfileCost Profile::sum() const {
  ProfileCost sum;
  for (const ProfileNode& node : nodes_) sum += node.self;
  return sum;
}

std::vector<Profile::Line> Profile::lines(ProfileWeight weight) const {
  std::vector<Line> lines;
  for (const ProfileFrame& frame : frames_) lines.push_back({frame, {}, {}});
  for (uint32_t i = 0; i < nodes_.size(); ++i) {
    const ProfileNode& node = nodes_[i];
    Line& line = lines[node.frame];
    line.self += node.self;
    bool inside = false;  // of itself: then the outer one has it already
    for (uint32_t up = i; nodes_[up].parent != up && !inside;) {
      up = nodes_[up].parent;
      inside = nodes_[up].frame == node.frame;
    }
    if (!inside) line.total += node.total;
  }
  for (Line& line : lines) line.total.calls = line.self.calls;
  std::sort(lines.begin(), lines.end(), [weight](const Line& a, const Line& b) {
    const uint64_t of_a = weight_of(a.self, weight), of_b = weight_of(b.self, weight);
    return of_a != of_b ? of_a > of_b : a.frame < b.frame;
  });
  return lines;
}

std::string Profile::folded(ProfileWeight weight) const {
  std::vector<std::string> stacks(nodes_.size()), out;
  for (uint32_t i = 0; i < nodes_.size(); ++i) {
    std::string label = frames_[nodes_[i].frame].label();
    std::replace_if(
        label.begin(), label.end(), [](char c) { return c == ';' || c == '\n' || c == '\r'; }, ',');
    stacks[i] = nodes_[i].parent == i ? label : stacks[nodes_[i].parent] + ";" + label;
    const uint64_t cost = weight_of(nodes_[i].self, weight);
    if (cost > 0) out.push_back(stacks[i] + " " + std::to_string(cost) + "\n");
  }
  std::sort(out.begin(), out.end());
  std::string text;
  for (const std::string& line : out) text += line;
  return text;
}

}  // namespace kfctl
