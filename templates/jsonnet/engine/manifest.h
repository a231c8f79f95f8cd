// Values as text. Everything is forced on the way, so any of these can fail with the program's
// error, and the trace then names the path in the output.
#pragma once

#include <string>

#include "base/json.h"
#include "templates/jsonnet/engine/vm.h"

namespace kfctl::jsonnet {

struct JsonStyle {
  bool one_line = false;            // {"a": 1, "b": [2]} with "{ }" and "[ ]" for what is empty
  std::string_view indent = "   ";  // of one level, in lines of their own
  std::string_view newline = "\n";
  std::string_view key_separator = ": ";
  // std.manifestJsonEx writes what is empty over two lines, the command writes "{ }".
  bool library = false;
};

void manifest_json(Vm& vm, Value value, const JsonStyle& style, std::string& out, const Exec* at);

struct YamlStyle {
  bool indent_array_in_object = false;
  bool quote_keys = true;
};
void manifest_yaml(Vm& vm, Value value, const YamlStyle& style, std::string& out, const Exec* at);

void manifest_toml(Vm& vm, Value value, std::string_view indent, std::string& out, const Exec* at);
void manifest_python(Vm& vm, Value value, std::string& out, const Exec* at);

/// The value as data for the rest of kfctl.
Json to_json(Vm& vm, Value value, const Exec* at);
Value from_json(Vm& vm, const Json& json);

/// `text` with quotes, escaped as jsonnet does it (also the control characters above ASCII).
void append_quoted(std::string& out, std::string_view text);
/// The same for a text that is ASCII, written to memory: how many bytes that takes, and the bytes.
size_t quoted_size(std::string_view ascii);
void write_quoted(std::string_view ascii, char* to);

/// To be called before it: throws MemoryLimit if `text` could become too long.
inline void reserve_quoted(Vm& vm, const Str* text) { vm.region.reserve(size_t{6} * text->bytes); }

}  // namespace kfctl::jsonnet
