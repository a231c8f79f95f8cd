// Files, external variables and native functions: how the world comes into an evaluation.
#include <unordered_map>

#include "base/files.h"
#include "base/text.h"
#include "templates/jsonnet/engine/errors.h"
#include "templates/jsonnet/engine/exec.h"
#include "templates/jsonnet/engine/library.h"
#include "templates/jsonnet/engine/manifest.h"
#include "templates/jsonnet/engine/recorder.h"
#include "templates/jsonnet/engine/sources.h"

namespace kfctl::jsonnet {
namespace {

struct File {
  std::shared_ptr<const std::string> text;
  Code* code = nullptr;
  Value value = Value::hole();
  Value as_string = Value::hole();
  Value as_bytes = Value::hole();
};

}  // namespace

struct Vm::Files {
  std::unordered_map<std::string, File> by_path;
  std::unordered_map<std::string, std::string> resolved;  // by directory, NUL, path
  std::vector<std::unique_ptr<Code>> codes;
  std::vector<std::shared_ptr<const Ast>> trees;
  std::vector<std::shared_ptr<const std::string>> texts;
  std::unordered_map<std::string, Value> external;
  std::vector<NativeBinding> natives;
};

Vm::Vm(const JsonnetRequest& request_in, Sources& sources, const Options& options_in)
    : region([max = options_in.max_memory, &sources] { return max != 0 ? max : sources.memory(); }),
      request(request_in),
      options(options_in),
      on_trace(request_in.on_trace),
      sources_(sources),
      depth_limit_(options_in.max_stack),
      files_(std::make_unique<Files>()) {
  interned_.assign(1024, nullptr);
  empty_string_ = string_view_of("");
  for (const NativeFunction& function : request.natives) files_->natives.push_back({&function});
}

Vm::~Vm() = default;

namespace {

Code* new_code(std::vector<std::unique_ptr<Code>>& codes, const Ast* ast) {
  codes.push_back(std::make_unique<Code>());
  Code* code = codes.back().get();
  code->ast = ast;
  code->directory = directory_of(ast->path);
  code->symbols.assign(ast->symbols.size(), nullptr);
  return code;
}

}  // namespace

Code* Vm::load_source(std::string path, std::shared_ptr<const std::string> source) {
  try {
    files_->trees.push_back(parse_and_resolve(path, source));
  } catch (const SyntaxError& error) {
    throw EvalError{syntax_error(path, *source, error)};
  }
  sources_.expect_imports(*files_->trees.back());
  return new_code(files_->codes, files_->trees.back().get());
}

Value Vm::evaluate_file(Code* code) {
  const Exec* root = lower(code, code->ast->root, false);
  Frame frame{*this, new_env(nullptr, code->ast->root_slots), false};
  return root->eval(frame);
}

std::shared_ptr<const std::string> Vm::load_text(const Code* from, std::string_view path,
                                                 std::string& resolved, const Exec* at) {
  if (request.importer == nullptr)
    fail(at, "couldn't open import " + json_quote(path) + ": there are no imports here");
  const std::string key = from->directory + '\0' + std::string(path);
  const auto known = files_->resolved.find(key);
  if (known != files_->resolved.end()) {
    resolved = known->second;
  } else {
    Result<std::string> found = request.importer->resolve(from->directory, std::string(path));
    if (!found.ok())
      fail(at, "couldn't open import " + json_quote(path) + ": " + found.error().message,
           found.error().hint);
    resolved = files_->resolved[key] = found.value();
  }
  File& file = files_->by_path[resolved];
  if (file.text == nullptr) {
    Result<std::shared_ptr<const std::string>> text = request.importer->load(resolved);
    if (!text.ok()) throw EvalError{text.error()};
    file.text = text.value();
  }
  return file.text;
}

Value Vm::import(const Code* from, std::string_view path, Op how, const Exec* at) {
  std::string resolved;
  const std::shared_ptr<const std::string> text = load_text(from, path, resolved, at);
  File& file = files_->by_path[resolved];
  if (how == Op::kImportStr) {
    if (file.as_string.is_hole()) {
      const bool valid = find_invalid_utf8(*text) == std::string_view::npos;
      file.as_string = Value::of(valid ? string_view_of(*text) : string(valid_utf8(*text)));
    }
    return file.as_string;
  }
  if (how == Op::kImportBin) {
    if (file.as_bytes.is_hole()) file.as_bytes = Value::of(bytes(*text));
    return file.as_bytes;
  }
  if (file.value.is_running())
    fail(at, "infinite recursion: importing '" + resolved + "' needs its own value");
  if (file.value.is_hole()) {
    const Measure measure(*this, FrameKind::kFile, resolved);
    try {
      files_->trees.push_back(sources_.tree({from->directory, std::string(path)}, resolved, text));
    } catch (const SyntaxError& error) {
      throw EvalError{syntax_error(resolved, *text, error)};
    }
    file.code = new_code(files_->codes, files_->trees.back().get());
    file.value = Value::running();
    Scope scope(*this, TraceKind::kImport, at, nullptr);
    const Value value = evaluate_file(file.code);
    files_->by_path[resolved].value = value;  // `file` may have moved
    return value;
  }
  return file.value;
}

Value Vm::external(const Str* name, const Exec* at) {
  const std::string key(name->view());
  const auto known = files_->external.find(key);
  if (known != files_->external.end()) return known->second;
  const JsonnetVariable* found = nullptr;
  for (const JsonnetVariable& variable : request.external)
    if (variable.name == key) found = &variable;
  if (found == nullptr) {
    std::vector<std::string> names;
    for (const JsonnetVariable& variable : request.external) names.push_back(variable.name);
    fail(at, "undefined external variable '" + key + "'", did_you_mean(key, names));
  }
  Value value;
  if (found->is_code) {
    const Measure measure(*this, FrameKind::kFile, "<extvar:" + key + ">");
    value = evaluate_file(
        load_source("<extvar:" + key + ">", std::make_shared<const std::string>(found->text)));
  } else {
    value = Value::of(string(valid_utf8(found->text)));
  }
  return files_->external[key] = value;
}

Value Vm::native(const Str* name) {
  for (const NativeBinding& binding : files_->natives)
    if (binding.function->name == name->view())
      return Value::of(region.make<Func>(nullptr, nullptr, nullptr, &binding));
  return Value::null();
}

Value Vm::std_object(const Code* code) {
  const auto known = std_objects_.find(code);
  if (known != std_objects_.end()) return known->second;
  std::vector<const Str*> keys;
  std::vector<Value> values;
  for (const Builtin& builtin : builtins()) {
    keys.push_back(intern(std::string_view(builtin.name)));
    values.push_back(Value::of(region.make<Func>(nullptr, nullptr, &builtin, nullptr)));
  }
  keys.push_back(intern(std::string_view("pi")));
  values.push_back(Value::number(3.14159265358979311600));
  keys.push_back(intern(std::string_view("thisFile")));
  values.push_back(Value::of(string(code->ast->path)));
  const Value object = Value::of(make_object(make_layout(keys, kVisHidden), values.data()));
  return std_objects_[code] = object;
}

Code* Vm::code_at(std::string_view path) const {
  for (const std::unique_ptr<Code>& code : files_->codes)
    if (code->ast->path == path) return code.get();
  return nullptr;
}

Code* Vm::load_request() {
  return load_source(request.path, std::make_shared<const std::string>(request.source));
}

Value Vm::evaluate_request() {
  const Value value = evaluate_file(load_request());
  if (!value.is_function()) return value;
  return call(value.func(), std::span<const Value>{}, top_level_arguments(), nullptr);
}

std::vector<NamedArgument> Vm::top_level_arguments() {
  std::vector<NamedArgument> arguments;
  for (const JsonnetVariable& variable : request.arguments) {
    Value given;
    if (variable.is_code) {
      given = evaluate_file(load_source("<top-level-arg:" + variable.name + ">",
                                        std::make_shared<const std::string>(variable.text)));
    } else {
      given = Value::of(string(valid_utf8(variable.text)));
    }
    const Str* name = intern(std::string_view(variable.name));
    bool replaced = false;
    for (NamedArgument& earlier : arguments)
      if (earlier.name == name) earlier.value = given, replaced = true;
    if (!replaced) arguments.push_back({name, given});
  }
  return arguments;
}

}  // namespace kfctl::jsonnet
