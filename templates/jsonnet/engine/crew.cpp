#include "templates/jsonnet/engine/crew.h"

#include <algorithm>

namespace kfctl::jsonnet {
namespace {

// A machine costs about as much as a few small components. With so many fields it pays in any case;
// with fewer, if they need so much memory, which is what can be told of work that is not done yet.
constexpr size_t kMany = 16;
constexpr size_t kBytesWorthHelp = size_t{1} << 20;

}  // namespace

// Keeps a machine where give_up() finds it.
class Crew::AtWork {
 public:
  AtWork(Crew& crew, Vm& vm) : crew_(crew), vm_(vm) {
    const std::lock_guard lock(crew_.mutex_);
    crew_.machines_.push_back(&vm_);
    if (crew_.gave_up_) vm_.cancel();
  }
  ~AtWork() {
    const std::lock_guard lock(crew_.mutex_);
    std::erase(crew_.machines_, &vm_);
  }
  AtWork(const AtWork&) = delete;
  AtWork& operator=(const AtWork&) = delete;

 private:
  Crew& crew_;
  Vm& vm_;
};

Crew::Crew(const JsonnetRequest& request, Sources& sources, size_t stack)
    : request_(request), sources_(sources), stack_(stack) {}

void Crew::lead(Vm& vm) {
  if (!request_.on_trace) return;
  vm.on_trace = [this](std::string_view line) {
    if (!helpers_.empty()) give_up_here();
    traced_ = true;
    request_.on_trace(line);
  };
}

void Crew::give_up() {
  gave_up_ = true;
  const std::lock_guard lock(mutex_);
  for (Vm* machine : machines_) machine->cancel();
}

void Crew::give_up_here() {
  give_up();
  throw EvalError{internal_error("another run decides")};
}

void Crew::each_field(Vm& lead, Object* object, const Compute& compute) {
  lead.check_asserts(object, nullptr);
  count_ = lead.fields(object, false).size();
  used_before_ = lead.region.bytes_used();
  const AtWork at_work(*this, lead);
  try {
    take_fields(lead, object, compute, true);
  } catch (...) {
    if (!helpers_.empty()) give_up();
    helpers_.clear();
    throw;
  }
  helpers_.clear();
  if (gave_up_) give_up_here();
}

void Crew::take_fields(Vm& vm, Object* object, const Compute& compute, bool leads) {
  const std::span<const uint32_t> fields = vm.fields(object, false);
  for (size_t done = 0;; ++done) {
    if (leads && helpers_.empty() && is_worth_help(vm, fields.size(), done))
      start(vm, fields.size() - done, compute);
    const size_t index = next_++;
    if (index >= fields.size() || gave_up_) return;
    const PathScope path(vm, TraceKind::kMember, object->shape->table.keys[fields[index]], 0);
    compute(vm, object, fields[index], index);
  }
}

bool Crew::is_worth_help(const Vm& lead, size_t fields, size_t done) const {
  if (traced_ || fields - done < 2) return false;
  const size_t used = lead.region.bytes_used() - used_before_;
  const bool heavy = done > 0 && used / done * (fields - done) >= kBytesWorthHelp;
  return (fields >= kMany || heavy) && sources_.threads() > 1;
}

void Crew::start(Vm& lead, size_t fields, const Compute& compute) {
  const size_t machines = std::min(static_cast<size_t>(sources_.threads()), fields / 2 + 1);
  const size_t memory = sources_.memory() / machines;
  if (!lead.region.lower_limit(memory)) return;
  for (size_t i = 1; i < machines; ++i)
    helpers_.push_back(
        std::make_unique<StackThread>(stack_, [this, memory, &compute] { help(memory, compute); }));
}

void Crew::help(size_t memory, const Compute& compute) {
  try {
    Vm::Options options;
    options.max_stack = request_.max_stack;
    options.max_memory = memory;
    Vm vm(request_, sources_, options);
    if (request_.on_trace) vm.on_trace = [this](std::string_view) { give_up_here(); };
    const AtWork at_work(*this, vm);
    const Value value = vm.evaluate_request();
    // Another value than on the lead? Then a native function is not what it should be.
    if (!value.is_object() || vm.fields(value.obj(), false).size() != count_) give_up_here();
    vm.check_asserts(value.obj(), nullptr);
    take_fields(vm, value.obj(), compute, false);
  } catch (const EvalError&) {
    give_up();
  } catch (const MemoryLimit&) {
    give_up();
  } catch (const std::bad_alloc&) {
    give_up();
  }
}

}  // namespace kfctl::jsonnet
