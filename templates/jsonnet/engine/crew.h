// The fields of one object, computed by several machines at once.
//
// Values are lazy and belong to one machine, so machines cannot share an evaluation: each runs the
// program for itself up to the object, and then takes one field after the other off a common
// counter. The trees of all files are shared.
//
// What comes out is what one machine would have made, whatever the number of threads: a field's
// value does not depend on which fields were computed before. Errors and std.trace do: a value that
// another field had computed already says nothing a second time, and is less deep in the stack. So
// a crew is a bet that there will be neither. When it loses, everything is forgotten and the caller
// begins again with one machine, whose word then counts.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "templates/jsonnet/engine/native_stack.h"
#include "templates/jsonnet/engine/sources.h"
#include "templates/jsonnet/engine/vm.h"

namespace kfctl::jsonnet {

class Crew {
 public:
  /// Computes the field at `position`, the `index`-th of the visible ones, and puts the result
  /// where it belongs. Runs on several threads at once, with one machine each.
  using Compute = std::function<void(Vm& vm, Object* object, uint32_t position, size_t index)>;

  /// `request` and `sources` must outlive the crew. `stack` bytes for each thread.
  Crew(const JsonnetRequest& request, Sources& sources, size_t stack);

  /// Takes over what std.trace says on the machine that each_field will be given.
  void lead(Vm& vm);

  /// Checks the assertions of `object`, the value of the request on `lead`, and computes its
  /// visible fields. Other machines help if there is enough to do for them. Throws EvalError or
  /// MemoryLimit: what the program throws, or anything if gave_up().
  void each_field(Vm& lead, Object* object, const Compute& compute);

  /// True if the bet was lost: no result and no error of this run counts.
  bool gave_up() const { return gave_up_; }

 private:
  class AtWork;

  void start(Vm& lead, size_t fields, const Compute& compute);
  void help(size_t memory, const Compute& compute);
  void take_fields(Vm& vm, Object* object, const Compute& compute, bool leads);
  bool is_worth_help(const Vm& lead, size_t fields, size_t done) const;
  void give_up();
  [[noreturn]] void give_up_here();

  const JsonnetRequest& request_;
  Sources& sources_;
  const size_t stack_;
  std::atomic<size_t> next_ = 0;  // field to be taken
  std::atomic<bool> gave_up_ = false;
  bool traced_ = false;
  size_t count_ = 0;           // of fields
  size_t used_before_ = 0;     // bytes of the lead's region before its first field
  std::mutex mutex_;           // of machines_
  std::vector<Vm*> machines_;  // at work
  std::vector<std::unique_ptr<StackThread>> helpers_;
};

}  // namespace kfctl::jsonnet
