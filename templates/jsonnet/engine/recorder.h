// The clock of one evaluation: who takes how long and how much memory (profile.h).
//
// lower.cpp wraps the bodies of functions and fields into MeasuredNodes, and library functions into
// MeasuredBuiltins, if the machine's options have a recorder; ordinary evaluation runs the very
// nodes it always runs. Cost is charged to whoever is on top between two events, so that each event
// reads the clock once. What a thunk costs is charged to whoever forced it.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "templates/jsonnet/engine/exec.h"
#include "templates/jsonnet/profile.h"

namespace kfctl::jsonnet {

/// A function of the library that is measured; nodes take it for the Builtin that it is.
struct MeasuredBuiltin : Builtin {
  const Builtin* real;
  uint32_t frame;
};

class Recorder {
 public:
  explicit Recorder(std::string program);

  /// `body`, wrapped so that it is measured, unless it is too simple to be worth it.
  const Exec* measured(Vm& vm, Code* code, NodeId node, const Exec* body);
  const Builtin* measured(const Builtin* builtin);
  uint32_t named_frame(FrameKind kind, const std::string& name);

  /// Charges what was used since the last event and puts `frame` on top; returns what to leave to.
  uint32_t enter(const Region& region, uint32_t frame);
  void leave(const Region& region, uint32_t to);

  /// Adds all of it to `profile`. Call once, at the end, while the files' trees are there.
  void give(const Region& region, Profile& profile);

 private:
  using Clock = std::chrono::steady_clock;

  // A frame that still has to be named.
  struct Frame {
    FrameKind kind;
    std::string name;
    const Code* code = nullptr;
    NodeId body = 0;
  };
  struct Node {
    ProfileNode cost;
    uint32_t last_frame = UINT32_MAX;  // the child that was entered last
    uint32_t last_child = 0;
  };

  void charge(const Region& region);
  uint32_t new_frame(Frame frame);
  uint32_t child(uint32_t parent, uint32_t frame);

  std::vector<Frame> frames_;
  std::vector<Node> nodes_;
  std::unordered_map<uint64_t, uint32_t> children_;  // by parent and frame
  std::map<std::pair<const Code*, NodeId>, uint32_t> bodies_;
  std::map<std::pair<FrameKind, std::string>, uint32_t> named_;
  std::map<const Builtin*, MeasuredBuiltin> builtins_;
  uint32_t top_ = 0;
  Clock::time_point since_;
  size_t bytes_since_ = 0;
};

/// A frame for as long as it lives. Without a recorder, nothing.
class Measure {
 public:
  Measure(Vm& vm, uint32_t frame)
      : vm_(vm), before_(vm.options.recorder->enter(vm.region, frame)), on_(true) {}
  Measure(Vm& vm, FrameKind kind, const std::string& name) : vm_(vm) {
    if (vm.options.recorder == nullptr) return;
    before_ = vm.options.recorder->enter(vm.region, vm.options.recorder->named_frame(kind, name));
    on_ = true;
  }
  ~Measure() {
    if (on_) vm_.options.recorder->leave(vm_.region, before_);
  }
  Measure(const Measure&) = delete;
  Measure& operator=(const Measure&) = delete;

 private:
  Vm& vm_;
  uint32_t before_ = 0;
  bool on_ = false;
};

}  // namespace kfctl::jsonnet
