// What evaluations cost: time and memory by the calls that took them.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kfctl {

enum class FrameKind : uint8_t {
  kProgram,   // what was asked for as a whole; its own cost is that of writing the output
  kFile,      // an import: reading the text and its value
  kFunction,  // of the user
  kField,     // the value of a field of an object
  kLibrary,   // std.*
  kNative,    // a function of the host
};

/// Something that takes time. Two with equal members are the same.
struct ProfileFrame {
  FrameKind kind = FrameKind::kProgram;
  std::string name;   // "new", "std.map", "components/web.jsonnet"
  std::string place;  // "components/web.jsonnet:12" of a function or a field, else ""

  /// "new (k.libsonnet:12)", "field spec (web.jsonnet:3)", "import k.libsonnet", "std.map".
  std::string label() const;
  friend auto operator<=>(const ProfileFrame&, const ProfileFrame&) = default;
};

struct ProfileCost {
  uint64_t calls = 0;
  uint64_t nanoseconds = 0;
  uint64_t bytes = 0;  // taken from the memory of the evaluation, which gives nothing back

  ProfileCost& operator+=(const ProfileCost& other);
};

/// A frame below the frames that called it. A parent stands before its children.
struct ProfileNode {
  uint32_t frame = 0;
  uint32_t parent = 0;  // of a program: itself
  ProfileCost self;     // without what it calls
  ProfileCost total;    // with it; Profile fills it in
};

enum class ProfileWeight { kTime, kMemory };

/// The costs of several evaluations, added up. add() may be called by several threads; everything
/// else when they are done. A function that calls itself at once is one
/// entry of a stack.
class Profile {
 public:
  /// Adds a tree. Nodes name their frames by position in `frames`.
  void add(const std::vector<ProfileFrame>& frames, const std::vector<ProfileNode>& nodes);

  const std::vector<ProfileFrame>& frames() const { return frames_; }
  const std::vector<ProfileNode>& nodes() const { return nodes_; }

  struct Line {
    ProfileFrame frame;
    ProfileCost self;
    ProfileCost total;  // of every stack that the frame is in, counted once
  };
  /// One line for each frame, by their own cost, the largest first; equals by label.
  std::vector<Line> lines(ProfileWeight weight) const;
  /// All of it together.
  ProfileCost sum() const;

  /// Folded stacks, "a;b;c COST" a line, sorted; the cost in nanoseconds or bytes. What flame graph
  /// tools read.
  std::string folded(ProfileWeight weight) const;

 private:
  uint32_t frame_number(const ProfileFrame& frame);
  uint32_t node_number(uint32_t parent, uint32_t frame);

  std::mutex mutex_;
  std::map<ProfileFrame, uint32_t> frame_numbers_;
  std::map<std::pair<uint32_t, uint32_t>, uint32_t> node_numbers_;  // by parent and frame
  std::vector<ProfileFrame> frames_;
  std::vector<ProfileNode> nodes_;
};

}  // namespace kfctl
