// std: values as text and text as values.
#include <algorithm>

#include "base/json.h"
#include "base/yaml.h"
#include "templates/jsonnet/engine/library.h"
#include "templates/jsonnet/engine/manifest.h"

namespace kfctl::jsonnet {
namespace {

Value text_of(Vm& vm, const std::string& out) { return Value::of(vm.string(out)); }

Value json_ex(Vm& vm, Value* a, const Exec* at) {
  JsonStyle style;
  style.library = true;
  style.indent = want_string(vm, a[1], "manifestJsonEx", "the indentation", at)->view();
  if (!a[2].is_hole())
    style.newline = want_string(vm, a[2], "manifestJsonEx", "newline", at)->view();
  if (!a[3].is_hole())
    style.key_separator = want_string(vm, a[3], "manifestJsonEx", "key_val_sep", at)->view();
  Scratch scratch(vm);
  std::string& out = scratch.text;
  manifest_json(vm, a[0], style, out, at);
  return text_of(vm, out);
}

Value json(Vm& vm, Value* a, const Exec* at) {
  JsonStyle style;
  style.library = true;
  style.indent = "    ";
  Scratch scratch(vm);
  std::string& out = scratch.text;
  manifest_json(vm, a[0], style, out, at);
  return text_of(vm, out);
}

Value json_minified(Vm& vm, Value* a, const Exec* at) {
  JsonStyle style;
  style.library = true;
  style.indent = "";
  style.newline = "";
  style.key_separator = ":";
  Scratch scratch(vm);
  std::string& out = scratch.text;
  manifest_json(vm, a[0], style, out, at);
  return text_of(vm, out);
}

bool flag(Vm& vm, Value value, bool preset, const char* name, std::string_view what,
          const Exec* at) {
  return value.is_hole() ? preset : want_bool(vm, value, name, what, at);
}

Value yaml_doc(Vm& vm, Value* a, const Exec* at) {
  YamlStyle style;
  style.indent_array_in_object =
      flag(vm, a[1], false, "manifestYamlDoc", "indent_array_in_object", at);
  style.quote_keys = flag(vm, a[2], true, "manifestYamlDoc", "quote_keys", at);
  Scratch scratch(vm);
  std::string& out = scratch.text;
  manifest_yaml(vm, a[0], style, out, at);
  return text_of(vm, out);
}

Value yaml_stream(Vm& vm, Value* a, const Exec* at) {
  Arr* documents = want_array(vm, a[0], "manifestYamlStream", "the value", at);
  YamlStyle style;
  style.indent_array_in_object =
      flag(vm, a[1], false, "manifestYamlStream", "indent_array_in_object", at);
  const bool end = flag(vm, a[2], true, "manifestYamlStream", "c_document_end", at);
  style.quote_keys = flag(vm, a[3], true, "manifestYamlStream", "quote_keys", at);
  Scratch scratch(vm);
  std::string& out = scratch.text;
  out = "---\n";
  for (uint32_t i = 0; i < documents->count; ++i) {
    if (i > 0) out += "\n---\n";
    manifest_yaml(vm, vm.item(documents, i), style, out, at);
    vm.check_text(out);
  }
  out += end ? "\n...\n" : "\n";
  return text_of(vm, out);
}

Value toml_ex(Vm& vm, Value* a, const Exec* at) {
  Scratch scratch(vm);
  std::string& out = scratch.text;
  manifest_toml(vm, a[0], want_string(vm, a[1], "manifestTomlEx", "the indentation", at)->view(),
                out, at);
  return text_of(vm, out);
}

Value toml(Vm& vm, Value* a, const Exec* at) {
  Scratch scratch(vm);
  std::string& out = scratch.text;
  manifest_toml(vm, a[0], "  ", out, at);
  return text_of(vm, out);
}

void ini_line(Vm& vm, const Str* key, Value value, std::string& out, const Exec* at) {
  out.append(key->view()).append(" = ").append(to_string(vm, value, at)->view()).append("\n");
  vm.check_text(out);
}

void ini_body(Vm& vm, Value value, std::string& out, const Exec* at) {
  Object* body = want_object(vm, value, "manifestIni", "a section", at);
  for (const uint32_t position : vm.fields(body, false)) {
    const Str* key = body->shape->table.keys[position];
    const Value field = vm.field(body, position, at);
    if (!field.is_array()) {
      ini_line(vm, key, field, out, at);
      continue;
    }
    for (uint32_t i = 0; i < field.arr()->count; ++i)
      ini_line(vm, key, vm.item(field.arr(), i), out, at);
  }
}

Value ini(Vm& vm, Value* a, const Exec* at) {
  Object* value = want_object(vm, a[0], "manifestIni", "the value", at);
  Scratch scratch(vm);
  std::string& out = scratch.text;
  Value main;
  if (vm.has(value, vm.string("main"), false) && vm.get(value, vm.string("main"), main, at))
    ini_body(vm, main, out, at);
  Object* sections =
      want_object(vm, vm.index(value, vm.string("sections"), at), "manifestIni", "sections", at);
  for (const uint32_t position : vm.fields(sections, false)) {
    out.append("[").append(sections->shape->table.keys[position]->view()).append("]\n");
    ini_body(vm, vm.field(sections, position, at), out, at);
  }
  return text_of(vm, out);
}

Value python(Vm& vm, Value* a, const Exec* at) {
  Scratch scratch(vm);
  std::string& out = scratch.text;
  manifest_python(vm, a[0], out, at);
  return text_of(vm, out);
}

Value python_vars(Vm& vm, Value* a, const Exec* at) {
  Object* variables = want_object(vm, a[0], "manifestPythonVars", "the value", at);
  Scratch scratch(vm);
  std::string& out = scratch.text;
  for (const uint32_t position : vm.fields(variables, false)) {
    out.append(variables->shape->table.keys[position]->view()).append(" = ");
    manifest_python(vm, vm.field(variables, position, at), out, at);
    vm.check_text(out);
    out += '\n';
  }
  return text_of(vm, out);
}

void xml(Vm& vm, Value value, std::string& out, const Exec* at) {
  if (stack_is_low()) vm.fail(at, "std.manifestXmlJsonml: this value is nested too deeply");
  if (value.is_string()) {
    out += value.str()->view();
    return vm.check_text(out);
  }
  Arr* node = want_array(vm, value, "manifestXmlJsonml", "every node", at);
  if (node->count == 0) vm.fail(at, "std.manifestXmlJsonml: a node needs a tag");
  const std::string tag(
      want_string(vm, vm.item(node, 0), "manifestXmlJsonml", "a tag", at)->view());
  out += "<" + tag;
  uint32_t child = 1;
  if (node->count > 1 && vm.item(node, 1).is_object()) {
    Object* attributes = vm.item(node, 1).obj();
    for (const uint32_t position : vm.fields(attributes, false)) {
      out.append(" ").append(attributes->shape->table.keys[position]->view()).append("=\"");
      out.append(to_string(vm, vm.field(attributes, position, at), at)->view()).append("\"");
      vm.check_text(out);
    }
    child = 2;
  }
  out += '>';
  for (; child < node->count; ++child) xml(vm, vm.item(node, child), out, at);
  out += "</" + tag + ">";
  vm.check_text(out);
}

Value xml_jsonml(Vm& vm, Value* a, const Exec* at) {
  want_array(vm, a[0], "manifestXmlJsonml", "the value", at);
  Scratch scratch(vm);
  std::string& out = scratch.text;
  xml(vm, a[0], out, at);
  return text_of(vm, out);
}

// What a JSON text takes as Json: each value but the first follows one of these.
size_t bytes_as_json(std::string_view text) {
  const auto separates = [](char c) { return c == ',' || c == '[' || c == '{'; };
  const auto values = std::count_if(text.begin(), text.end(), separates);
  return text.size() + static_cast<size_t>(values) * 2 * sizeof(Json::Member);
}

Value parse_json_value(Vm& vm, Value* a, const Exec* at) {
  const Str* text = want_string(vm, a[0], "parseJson", "the text", at);
  vm.region.reserve(bytes_as_json(text->view()));
  const Result<Json> parsed = parse_json(text->view(), "std.parseJson");
  if (!parsed.ok()) vm.fail(at, parsed.error().message);
  return from_json(vm, parsed.value());
}

// One document is its value; several, or one after "---", are an array.
Value parse_yaml_value(Vm& vm, Value* a, const Exec* at) {
  const Str* text = want_string(vm, a[0], "parseYaml", "the text", at);
  const Result<std::vector<Json>> parsed = parse_yaml_stream(text->view(), "std.parseYaml");
  if (!parsed.ok()) vm.fail(at, parsed.error().message);
  const std::vector<Json>& documents = parsed.value();
  const bool stream = documents.size() > 1 || text->view().starts_with("---");
  if (!stream) return documents.empty() ? Value::null() : from_json(vm, documents[0]);
  std::vector<Value> values;
  for (const Json& document : documents) values.push_back(from_json(vm, document));
  return Value::of(vm.array(values));
}

constexpr Builtin kTable[] = {
    {"manifestJsonEx", json_ex, "value indent newline= key_val_sep=", 0},
    {"manifestJson", json, "value", 0},
    {"manifestJsonMinified", json_minified, "value", 0},
    {"manifestYamlDoc", yaml_doc, "value indent_array_in_object= quote_keys=", 0},
    {"manifestYamlStream", yaml_stream,
     "value indent_array_in_object= c_document_end= quote_keys=", 0},
    {"manifestTomlEx", toml_ex, "value indent", 0},
    {"manifestToml", toml, "value", 0},
    {"manifestIni", ini, "ini", 0},
    {"manifestPython", python, "v", 0},
    {"manifestPythonVars", python_vars, "conf", 0},
    {"manifestXmlJsonml", xml_jsonml, "value", 0},
    {"parseJson", parse_json_value, "str", 0},
    {"parseYaml", parse_yaml_value, "str", 0},
};

}  // namespace

std::span<const Builtin> std_manifest() { return kTable; }

}  // namespace kfctl::jsonnet
