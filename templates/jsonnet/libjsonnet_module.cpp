// libkfctl_jsonnet.so: libjsonnet's evaluator and formatter behind our seams.
#include <cstring>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

#include "base/module.h"
#include "templates/jsonnet/engine/native_stack.h"
#include "templates/jsonnet/error_report.h"
#include "templates/jsonnet/libjsonnet.h"

extern "C" {  // the headers do not say so themselves
#include <libjsonnet.h>
#include <libjsonnet_fmt.h>
}

namespace kfctl {
namespace {

// The collector's default, a run for each 1000 new objects, doubles the time of a large app.
constexpr unsigned kObjectsBeforeCollection = 100'000;

// The formatter recurses along rows of operators (a + b + ...) without a limit of its own.
constexpr size_t kFormatterStack = size_t{1} << 30;

struct VmDeleter {
  void operator()(JsonnetVm* vm) const { jsonnet_destroy(vm); }
};

struct NativeBinding {
  JsonnetVm* vm;
  const NativeFunction* function;
};

// One evaluation: the machine and what its C callbacks need.
struct Run {
  std::unique_ptr<JsonnetVm, VmDeleter> vm{jsonnet_make()};
  Importer* importer = nullptr;
  JsonnetSources sources;
  std::optional<Error> import_error;  // the first, to keep its kind and its hint
  std::deque<NativeBinding> natives;  // their addresses are the callbacks' contexts
};

// Text that libjsonnet made, which is given back.
std::string take_c_string(JsonnetVm* vm, char* raw) {
  std::string text = raw;
  jsonnet_realloc(vm, raw, 0);
  return text;
}

char* new_c_string(JsonnetVm* vm, std::string_view text) {
  char* out = jsonnet_realloc(vm, nullptr, text.size() + 1);
  std::memcpy(out, text.data(), text.size());
  out[text.size()] = '\0';
  return out;
}

Result<std::shared_ptr<const std::string>> import_file(Run& run, const std::string& directory,
                                                       const std::string& path,
                                                       std::string& resolved) {
  if (run.importer == nullptr) return project_error("nothing can be imported here");
  KF_TRY(resolved, run.importer->resolve(directory, path));
  KF_TRY(std::shared_ptr<const std::string> text, run.importer->load(resolved));
  if (text->find('\0') != std::string::npos) return project_error(resolved + ": has a NUL byte");
  return text;
}

char* import_callback(void* context, const char* base, const char* rel, char** found_here,
                      int* success) {
  Run& run = *static_cast<Run*>(context);
  std::string resolved;
  Result<std::shared_ptr<const std::string>> text = import_file(run, base, rel, resolved);
  *success = text.ok() ? 1 : 0;
  if (!text.ok()) {
    if (!run.import_error) run.import_error = text.error();
    return new_c_string(run.vm.get(), text.error().message);
  }
  run.sources[resolved] = text.value();
  *found_here = new_c_string(run.vm.get(), resolved);
  return new_c_string(run.vm.get(), *text.value());
}

JsonnetJsonValue* to_native(JsonnetVm* vm, const Json& value) {
  if (value.is_string()) return jsonnet_json_make_string(vm, value.as_string().c_str());
  if (value.is_number()) return jsonnet_json_make_number(vm, value.as_double());
  if (value.is_bool()) return jsonnet_json_make_bool(vm, value.as_bool() ? 1 : 0);
  if (value.is_null()) return jsonnet_json_make_null(vm);
  if (value.is_array()) {
    JsonnetJsonValue* array = jsonnet_json_make_array(vm);
    for (const Json& item : value.items()) {
      jsonnet_json_array_append(vm, array, to_native(vm, item));
    }
    return array;
  }
  JsonnetJsonValue* object = jsonnet_json_make_object(vm);
  for (const Json::Member& member : value.members()) {
    jsonnet_json_object_append(vm, object, member.first.c_str(), to_native(vm, member.second));
  }
  return object;
}

// libjsonnet hands only strings, numbers, booleans and null to native functions.
Json from_native(JsonnetVm* vm, const JsonnetJsonValue* value) {
  if (const char* text = jsonnet_json_extract_string(vm, value)) return Json(text);
  double number = 0;
  if (jsonnet_json_extract_number(vm, value, &number) == 1) return Json(number);
  const int truth = jsonnet_json_extract_bool(vm, value);
  return truth == 2 ? Json() : Json(truth == 1);
}

JsonnetJsonValue* native_callback(void* context, const JsonnetJsonValue* const* argv,
                                  int* success) {
  const NativeBinding& binding = *static_cast<const NativeBinding*>(context);
  Json::Array arguments;
  for (size_t i = 0; i < binding.function->parameters.size(); ++i) {
    arguments.push_back(from_native(binding.vm, argv[i]));
  }
  const Result<Json> result = binding.function->call(arguments);
  *success = result.ok() ? 1 : 0;
  return to_native(binding.vm, result.ok() ? result.value() : Json(result.error().message));
}

void bind_natives(Run& run, std::span<const NativeFunction> functions) {
  for (const NativeFunction& function : functions) {
    run.natives.push_back({run.vm.get(), &function});
    std::vector<const char*> parameters;
    for (const std::string& name : function.parameters) parameters.push_back(name.c_str());
    parameters.push_back(nullptr);
    jsonnet_native_callback(run.vm.get(), function.name.c_str(), native_callback,
                            &run.natives.back(), parameters.data());
  }
}

void bind_variables(JsonnetVm* vm, const JsonnetRequest& request) {
  for (const JsonnetVariable& variable : request.external) {
    const auto bind = variable.is_code ? jsonnet_ext_code : jsonnet_ext_var;
    bind(vm, variable.name.c_str(), variable.text.c_str());
  }
  for (const JsonnetVariable& variable : request.arguments) {
    const auto bind = variable.is_code ? jsonnet_tla_code : jsonnet_tla_var;
    bind(vm, variable.name.c_str(), variable.text.c_str());
  }
}

Result<Json> evaluate(const JsonnetRequest& request) {
  if (request.source.find('\0') != std::string::npos) {
    return project_error(request.path + ": has a NUL byte");
  }
  Run run;
  run.importer = request.importer;
  run.sources[request.path] = std::make_shared<const std::string>(request.source);
  JsonnetVm* vm = run.vm.get();
  jsonnet_max_stack(vm, static_cast<unsigned>(request.max_stack));
  jsonnet_gc_min_objects(vm, kObjectsBeforeCollection);
  jsonnet_import_callback(vm, import_callback, &run);
  bind_natives(run, request.natives);
  bind_variables(vm, request);
  int failed = 0;
  const std::string output = take_c_string(
      vm, jsonnet_evaluate_snippet(vm, request.path.c_str(), request.source.c_str(), &failed));
  if (!failed) return parse_json(output, request.path);
  Error error = report_libjsonnet_error(output, run.sources);
  if (run.import_error) {
    error.kind = run.import_error->kind;
    error.hint = run.import_error->hint;
  }
  return error;
}

class LibjsonnetEvaluator : public Evaluator {
 public:
  Result<Json> evaluate(const JsonnetRequest& request) const override {
    return kfctl::evaluate(request);
  }
};

void apply(JsonnetVm* vm, const FormatStyle& style) {
  jsonnet_fmt_indent(vm, style.indent);
  jsonnet_fmt_max_blank_lines(vm, style.max_blank_lines);
  jsonnet_fmt_string(vm, style.string_style);
  jsonnet_fmt_comment(vm, style.comment_style);
  jsonnet_fmt_pad_arrays(vm, style.pad_arrays);
  jsonnet_fmt_pad_objects(vm, style.pad_objects);
  jsonnet_fmt_pretty_field_names(vm, style.pretty_names);
  jsonnet_fmt_sort_imports(vm, style.sort_imports);
}

Result<std::string> format(const std::string& path, const std::string& text,
                           const FormatStyle& style) {
  if (text.find('\0') != std::string::npos) return project_error(path + ": has a NUL byte");
  const std::unique_ptr<JsonnetVm, VmDeleter> vm(jsonnet_make());
  apply(vm.get(), style);
  int failed = 0;
  std::string output;
  jsonnet::run_on_large_stack(kFormatterStack, [&] {
    output =
        take_c_string(vm.get(), jsonnet_fmt_snippet(vm.get(), path.c_str(), text.c_str(), &failed));
  });
  if (!failed) return output;
  return report_libjsonnet_error(output, {{path, std::make_shared<const std::string>(text)}});
}

const LibjsonnetEvaluator kEvaluator;
constexpr LibjsonnetModule kModule = {&kEvaluator, format};

}  // namespace
}  // namespace kfctl

KFCTL_EXPORT_MODULE(kfctl::kLibjsonnetModuleAbi, &kfctl::kModule)
