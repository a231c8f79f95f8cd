#include "templates/jsonnet/engine/recorder.h"

#include "base/text.h"
#include "templates/jsonnet/engine/tree_index.h"

namespace kfctl::jsonnet {
namespace {

// Programs that recur through several functions have more stacks than anybody could look at: from
// here on, new ones are charged to their callers.
constexpr size_t kMostNodes = 200'000;

struct MeasuredNode final : Exec {
  const Exec* inner;
  uint32_t frame;
  Value eval(jsonnet::Frame& at) const override {
    const Measure measure(at.vm, frame);
    return inner->eval(at);
  }
};

Value call_measured(Vm& vm, Value* arguments, const Exec* at) {
  const auto* node = static_cast<const BuiltinNode*>(at);
  const auto* builtin = static_cast<const MeasuredBuiltin*>(node->builtin);
  const Measure measure(vm, builtin->frame);
  return builtin->real->call(vm, arguments, at);
}

}  // namespace

Recorder::Recorder(std::string program) : since_(Clock::now()) {
  new_frame({FrameKind::kProgram, std::move(program)});
  nodes_.push_back({{0, 0, {1, 0, 0}, {}}});
}

uint32_t Recorder::new_frame(Frame frame) {
  frames_.push_back(std::move(frame));
  return static_cast<uint32_t>(frames_.size() - 1);
}

const Exec* Recorder::measured(Vm& vm, Code* code, NodeId node, const Exec* body) {
  const Op op = code->ast->node(node).op;
  const bool simple = op <= Op::kString || op == Op::kFunction;
  if (simple || node == code->ast->root) return body;  // files are measured where they are read
  const auto [known, is_new] = bodies_.try_emplace({code, node}, 0);
  if (is_new) known->second = new_frame({FrameKind::kFunction, "", code, node});
  auto* made = vm.region.make<MeasuredNode>();
  made->code = body->code;
  made->pos = body->pos;
  made->inner = body;
  made->frame = known->second;
  return made;
}

const Builtin* Recorder::measured(const Builtin* builtin) {
  const auto [known, is_new] =
      builtins_.try_emplace(builtin, MeasuredBuiltin{*builtin, builtin, 0});
  if (is_new) {
    known->second.call = call_measured;
    known->second.frame = named_frame(FrameKind::kLibrary, "std." + std::string(builtin->name));
  }
  return &known->second;
}

uint32_t Recorder::named_frame(FrameKind kind, const std::string& name) {
  const auto [known, is_new] = named_.try_emplace({kind, name}, 0);
  if (is_new) known->second = new_frame({kind, name});
  return known->second;
}

void Recorder::charge(const Region& region) {
  const Clock::time_point now = Clock::now();
  const size_t bytes = region.bytes_used();
  ProfileCost& cost = nodes_[top_].cost.self;
  cost.nanoseconds += static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(now - since_).count());
  if (bytes > bytes_since_) cost.bytes += bytes - bytes_since_;  // else memory was given back
  since_ = now;
  bytes_since_ = bytes;
}

uint32_t Recorder::enter(const Region& region, uint32_t frame) {
  charge(region);
  const uint32_t before = top_;
  // A function that calls itself at once stays where it is.
  if (nodes_[top_].cost.frame != frame) top_ = child(top_, frame);
  if (nodes_[top_].cost.frame == frame) ++nodes_[top_].cost.self.calls;
  return before;
}

void Recorder::leave(const Region& region, uint32_t to) {
  charge(region);
  top_ = to;
}

uint32_t Recorder::child(uint32_t parent, uint32_t frame) {
  if (nodes_[parent].last_frame == frame) return nodes_[parent].last_child;
  if (nodes_.size() >= kMostNodes) return parent;
  const uint32_t next = static_cast<uint32_t>(nodes_.size());
  const auto [known, is_new] = children_.try_emplace(uint64_t{parent} << 32 | frame, next);
  if (is_new) nodes_.push_back({{frame, parent, {}, {}}});
  nodes_[parent].last_frame = frame;
  return nodes_[parent].last_child = known->second;
}

void Recorder::give(const Region& region, Profile& profile) {
  charge(region);
  std::map<const Code*, TreeIndex> trees;
  std::vector<ProfileFrame> frames;
  for (const Frame& frame : frames_) {
    if (frame.code == nullptr) {
      frames.push_back({frame.kind, frame.name, ""});
      continue;
    }
    const Ast& ast = *frame.code->ast;
    const Owner owner = trees.try_emplace(frame.code, ast).first->second.owner_of(frame.body);
    const int line = place_of(*ast.source, owner.pos).line;
    frames.push_back({owner.kind == Owner::kField ? FrameKind::kField : FrameKind::kFunction,
                      std::string(owner.name), ast.path + ":" + std::to_string(line)});
  }
  std::vector<ProfileNode> nodes;
  for (const Node& node : nodes_) nodes.push_back(node.cost);
  profile.add(frames, nodes);
}

}  // namespace kfctl::jsonnet
