#include "templates/jsonnet/engine/engine.h"

#include <algorithm>
#include <functional>
#include <optional>

#include "templates/jsonnet/engine/ast_cache.h"
#include "templates/jsonnet/engine/crew.h"
#include "templates/jsonnet/engine/manifest.h"
#include "templates/jsonnet/engine/recorder.h"
#include "templates/jsonnet/engine/sources.h"
#include "templates/jsonnet/engine/tracer.h"
#include "templates/jsonnet/engine/vm.h"

namespace kfctl {

using jsonnet::Arr;
using jsonnet::AstCache;
using jsonnet::Crew;
using jsonnet::EvalError;
using jsonnet::MemoryLimit;
using jsonnet::Object;
using jsonnet::Sources;
using jsonnet::Str;
using jsonnet::Value;
using jsonnet::Vm;

namespace {

// For one call of the stack limit, with room for what is nested inside of it.
constexpr size_t kStackPerCall = 32 * 1024;
constexpr size_t kSmallestStack = size_t{256} << 20;
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
// The sanitizer forgets no frames that an error unwound on a stack of more than 64 MiB, and then
// takes their remains for mistakes.
#define KFCTL_SMALL_STACK
#endif
#endif
#ifdef KFCTL_SMALL_STACK
constexpr size_t kLargestStack = size_t{60} << 20;
#else
constexpr size_t kLargestStack = size_t{1} << 30;
#endif

size_t stack_for(const JsonnetRequest& request) {
  const size_t wanted = static_cast<size_t>(std::max(request.max_stack, 0)) * kStackPerCall;
  return std::min(std::max(wanted, kSmallestStack), kLargestStack);
}

// Runs `work` with a machine, on the clock if the request wants a profile. Throws what it throws.
template <typename T>
T measured(const JsonnetRequest& request, Sources& sources, Vm::Options options,
           const std::function<T(Vm&)>& work) {
  std::optional<jsonnet::Recorder> recorder;
  if (request.profile != nullptr) options.recorder = &recorder.emplace(request.path);
  Vm vm(request, sources, options);
  struct Giver {  // also when `work` throws
    ~Giver() {
      if (recorder) recorder->give(vm.region, *vm.request.profile);
    }
    std::optional<jsonnet::Recorder>& recorder;
    Vm& vm;
  } giver{recorder, vm};
  return work(vm);
}

// Runs `work` with a machine on a large stack, and makes a Result of whatever it throws.
template <typename T>
Result<T> with_machine(const JsonnetRequest& request, Sources& sources,
                       const std::function<T(Vm&)>& work, Vm::Options options = {}) {
  std::optional<Result<T>> result;
  options.max_stack = request.max_stack;
  jsonnet::run_on_large_stack(stack_for(request), [&] {
    try {
      result.emplace(measured<T>(request, sources, options, work));
    } catch (EvalError& error) {
      result.emplace(std::move(error.error));
    } catch (const MemoryLimit& limit) {
      result.emplace(project_error(request.path + ": this program needs more than " +
                                       std::to_string(limit.bytes >> 20) + " MiB of memory",
                                   "--max-memory raises the limit"));
    } catch (const std::bad_alloc&) {
      result.emplace(project_error(request.path + ": out of memory"));
    }
  });
  return std::move(*result);
}

template <typename Field>
using Fields = std::vector<std::pair<std::string, Field>>;

// What becomes of the request's value: `whole`, or the same made field by field by several
// machines.
template <typename T, typename Field>
struct Job {
  std::function<T(Vm&, Value)> whole;
  std::function<Field(Vm&, Value)> field;  // empty: only `whole` will do
  std::function<T(Fields<Field>)> join;
};

template <typename T, typename Field>
T run_by_field(Vm& lead, Crew& crew, const Job<T, Field>& job) {
  crew.lead(lead);
  const Value value = lead.evaluate_request();
  if (!value.is_object()) return job.whole(lead, value);
  Fields<Field> fields(lead.fields(value.obj(), false).size());
  crew.each_field(lead, value.obj(), [&](Vm& vm, Object* object, uint32_t position, size_t index) {
    fields[index] = {std::string(object->shape->table.keys[position]->view()),
                     job.field(vm, vm.field(object, position, nullptr))};
  });
  return job.join(std::move(fields));
}

template <typename T, typename Field>
Result<T> run(const JsonnetRequest& request, AstCache& trees, const Job<T, Field>& job) {
  Sources sources(request, trees);
  if (request.threads && job.field && request.profile == nullptr) {
    Crew crew(request, sources, stack_for(request));
    Result<T> result =
        with_machine<T>(request, sources, [&](Vm& vm) { return run_by_field(vm, crew, job); });
    if (!crew.gave_up()) return result;
  }
  return with_machine<T>(request, sources,
                         [&](Vm& vm) { return job.whole(vm, vm.evaluate_request()); });
}

std::string as_text(Vm& vm, Value value, bool string) {
  std::string out;
  if (string) {
    if (!value.is_string())
      vm.fail(nullptr,
              "the value must be a string, not a " + std::string(jsonnet::type_name(value.type())));
    out.reserve(size_t{value.str()->bytes} + 1);  // and a line end
    out = value.str()->view();
  } else {
    manifest_json(vm, value, {}, out, nullptr);
  }
  return out;
}

// One of several texts, which all count against the memory that there may be.
std::string kept_text(Vm& vm, Value value, bool string) {
  std::string text = as_text(vm, value, string);
  vm.region.keep(text.size());
  return text;
}

void print_files(Vm& vm, Value value, bool strings, JsonnetText& out) {
  if (!value.is_object())
    vm.fail(nullptr, "for several files the value must be an object, not a " +
                         std::string(jsonnet::type_name(value.type())));
  Object* object = value.obj();
  vm.check_asserts(object, nullptr);
  for (const uint32_t position : vm.fields(object, false)) {
    const Str* key = object->shape->table.keys[position];
    const jsonnet::PathScope path(vm, jsonnet::TraceKind::kMember, key, 0);
    const Value field = vm.field(object, position, nullptr);
    out.files.emplace_back(std::string(key->view()), kept_text(vm, field, strings));
  }
}

void print_documents(Vm& vm, Value value, bool strings, JsonnetText& out) {
  if (!value.is_array())
    vm.fail(nullptr, "for a stream the value must be an array, not a " +
                         std::string(jsonnet::type_name(value.type())));
  for (uint32_t i = 0; i < value.arr()->count; ++i) {
    const jsonnet::PathScope path(vm, jsonnet::TraceKind::kElement, nullptr, i);
    out.documents.push_back(kept_text(vm, vm.item(value.arr(), i), strings));
  }
}

}  // namespace

JsonnetEngine::JsonnetEngine() : trees_(std::make_unique<AstCache>()) {}
JsonnetEngine::~JsonnetEngine() = default;

Result<Json> JsonnetEngine::evaluate(const JsonnetRequest& request) const {
  const auto data = [](Vm& vm, Value value) { return to_json(vm, value, nullptr); };
  Job<Json, Json> job{data, data, {}};
  job.join = [](Fields<Json> fields) {
    Json object = Json::object();
    for (auto& field : fields) object.members().emplace_back(std::move(field));
    return object;
  };
  return run(request, *trees_, job);
}

Result<JsonnetText> JsonnetEngine::print(const JsonnetRequest& request, JsonnetOutput output,
                                         bool strings) const {
  Job<JsonnetText, std::string> job;
  job.whole = [&](Vm& vm, Value value) {
    JsonnetText out;
    switch (output) {
      case JsonnetOutput::kJson:
        out.text = as_text(vm, value, false);
        break;
      case JsonnetOutput::kString:
        out.text = as_text(vm, value, true);
        break;
      case JsonnetOutput::kMulti:
        print_files(vm, value, strings, out);
        break;
      case JsonnetOutput::kStream:
        print_documents(vm, value, strings, out);
        break;
    }
    return out;
  };
  if (output == JsonnetOutput::kMulti) {
    job.field = [&](Vm& vm, Value value) { return kept_text(vm, value, strings); };
    job.join = [](Fields<std::string> fields) { return JsonnetText{"", std::move(fields), {}}; };
  }
  return run(request, *trees_, job);
}

Result<std::vector<Provenance>> JsonnetEngine::explain(
    const JsonnetRequest& request,
    const std::function<std::vector<ValuePath>(const Json& value)>& choose) const {
  Vm::Options options;
  options.provenance = true;
  Sources sources(request, *trees_);
  return with_machine<std::vector<Provenance>>(
      request, sources,
      [&](Vm& vm) {
        const std::vector<ValuePath> paths = choose(to_json(vm, vm.evaluate_request(), nullptr));
        jsonnet::Tracer tracer(vm);
        std::vector<Provenance> found;
        for (const ValuePath& path : paths) found.push_back(tracer.trace(path));
        return found;
      },
      options);
}

}  // namespace kfctl
