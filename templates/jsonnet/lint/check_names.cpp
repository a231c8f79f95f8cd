// Names that nothing uses, and names that hide others.
#include <set>

#include "templates/jsonnet/lint/checks.h"

namespace kfctl::lint {
namespace {

bool is_import(Op op) { return op == Op::kImport || op == Op::kImportStr || op == Op::kImportBin; }

class NameCheck {
 public:
  NameCheck(const File& file, Report& report) : file_(file), report_(report) {
    for (const Binding& binding : file.names.bindings) {
      if (binding.kind != BindingKind::kLocal || binding.value == 0) continue;
      if (binding.not_calls == 0 && binding.uses > 0) only_called_.insert(binding.value);
    }
  }

  void run() {
    for (BindingId id = 1; id < file_.names.bindings.size(); ++id) {
      const Binding& binding = file_.names[id];
      if (name_of(binding).starts_with('_')) continue;
      if (binding.uses == 0) unused(id, binding);
      if (binding.hides != 0) hides(id, binding);
      if (binding.kind == BindingKind::kLocal) endless(id, binding);
    }
  }

 private:
  std::string_view name_of(const Binding& binding) const { return file_.tree.symbol(binding.name); }
  std::string quoted(const Binding& binding) const {
    return "'" + std::string(name_of(binding)) + "'";
  }

  // A parameter's place is looked for when it is needed.
  uint32_t place(BindingId id, const Binding& binding) const {
    if (binding.kind != BindingKind::kParameter) return binding.pos;
    const Node& function = file_.tree.node(binding.function);
    BindingId first = id;  // parameters of a function are bound one after the other
    while (file_.names[first - 1].function == binding.function) --first;
    return parameter_places(file_.tree, function)[id - first];
  }

  void unused(BindingId id, const Binding& binding) {
    const std::string hint = "remove it, or begin its name with _ if it is to stay";
    switch (binding.kind) {
      case BindingKind::kLocal: {
        const bool import = is_import(file_.tree.node(binding.value).op);
        report_.add(import ? "unused-import" : "unused-local", binding.pos, name_of(binding).size(),
                    "nothing uses " + quoted(binding), hint);
        return;
      }
      case BindingKind::kParameter:
        if (!only_called_.contains(binding.function)) return;
        report_.add("unused-parameter", place(id, binding), name_of(binding).size(),
                    "the function does not use its parameter " + quoted(binding), hint);
        return;
      case BindingKind::kLoop:
        return;  // [f() for i in std.range(1, 3)] means just that
    }
  }

  void hides(BindingId id, const Binding& binding) {
    const uint32_t other = place(binding.hides, file_.names[binding.hides]);
    const int line = place_of(*file_.tree.source, other).line;
    report_.add("shadowing", place(id, binding), name_of(binding).size(),
                quoted(binding) + " hides the name of line " + std::to_string(line),
                "give one of them another name");
  }

  void endless(BindingId id, const Binding& binding) {
    if (file_.tree.node(binding.value).op != Op::kVar || file_.names.by_node[binding.value] != id)
      return;
    report_.add("endless", binding.pos, name_of(binding).size(),
                quoted(binding) + " is its own value: to use it is an endless recursion",
                binding.hides == 0 ? "" : "in jsonnet the name on the right is the new one");
  }

  const File& file_;
  Report& report_;
  std::set<NodeId> only_called_;  // values of locals: nobody else decides what they take
};

}  // namespace

void check_names(const File& file, Report& report) { NameCheck(file, report).run(); }

}  // namespace kfctl::lint
