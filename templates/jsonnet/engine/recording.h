// Nodes that leave behind where values come from. lower.cpp makes them instead of the plain ones if
// the machine's options say `provenance`, so that ordinary evaluation knows nothing of them.
//
// An environment of a function or a loop then has one more slot than the tree says, its last: for a
// function a thunk of the call and of the environment that its arguments stand in, for a loop the
// number of the turn. A hole there means that the library made the call.
#pragma once

#include "templates/jsonnet/engine/exec.h"

namespace kfctl::jsonnet {

struct RecordingCallNode final : CallNode {
  NodeId id = 0;
  bool tail = false;

  Value eval(Frame& frame) const override;
  /// The environment of a call of `function`, which is not the library's, or nullptr if the
  /// arguments do not fit.
  Env* bind(Frame& frame, const Func* function) const;
  /// The argument for a parameter, by its name and number; 0 if it is left out.
  NodeId argument(const Str* name, uint32_t index) const;
};

/// An element of a comprehension, never evaluated early: its thunk keeps the environment.
struct DelayedNode final : Exec {
  const Exec* inner;
  Value eval(Frame& frame) const override { return inner->eval(frame); }
};

/// The last slot, which the tree knows nothing of.
inline Value& record_of(Env* env) { return env->slots[env->count - 1]; }

}  // namespace kfctl::jsonnet
