// Errors in the user's terms: the place, the line with a caret, and how evaluation got there.
#include <algorithm>

#include "base/text.h"
#include "templates/jsonnet/engine/errors.h"
#include "templates/jsonnet/engine/exec.h"
#include "templates/jsonnet/error_report.h"

namespace kfctl::jsonnet {
namespace {

constexpr size_t kInnermost = 12;  // lines of a trace that are shown from each end
constexpr size_t kOutermost = 4;

bool has_place(const Exec* at) { return at != nullptr && at->code != nullptr; }

std::string place_text(const Exec* at) {
  const Place place = place_of(*at->code->ast->source, at->pos);
  return at->code->ast->path + ":" + std::to_string(place.line) + ":" +
         std::to_string(place.column);
}

// The innermost place that is in a file.
const Exec* nearest(const Exec* at, const Trace* top) {
  for (; !has_place(at) && top != nullptr; top = top->up) at = top->site;
  return has_place(at) ? at : nullptr;
}

std::string name_of(const Trace& step) {
  if (step.name != nullptr) return std::string(step.name->view());
  const auto* library = dynamic_cast<const BuiltinNode*>(step.site);
  return library == nullptr ? "" : "std." + std::string(library->builtin->name);
}

std::string step_text(const Trace& step) {
  const std::string name = name_of(step);
  switch (step.kind) {
    case TraceKind::kCall:
      return "called from " + place_text(step.site) + ": function " +
             (name.empty() ? "<anonymous>" : "<" + name + ">");
    case TraceKind::kField:
      return "in " + place_text(step.site) + ": field <" + name + ">";
    case TraceKind::kAssert:
      return "in " + place_text(step.site) + ": assertion";
    case TraceKind::kImport:
      return "imported from " + place_text(step.site);
    default:
      return "";
  }
}

// The innermost place in a file of the user's, as evaluator.h has it: not in what kfctl brings.
bool is_user_place(const Exec* at) {
  return has_place(at) && (is_user_path(at->code->ast->path) || at->code->ast->path == "<cmdline>");
}

const Exec* nearest_user_place(const Exec* at, const Trace* top) {
  for (; !is_user_place(at) && top != nullptr; top = top->up) at = top->site;
  return is_user_place(at) ? at : nullptr;
}

bool is_identifier(std::string_view text) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9');
  };
  return !text.empty() && !(text[0] >= '0' && text[0] <= '9') &&
         std::all_of(text.begin(), text.end(), letter);
}

// The path in the output that was being written: what the outermost steps say.
std::string output_path(const Trace* top) {
  std::vector<const Trace*> steps;
  for (; top != nullptr; top = top->up) steps.push_back(top);
  std::string path;
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    if ((*step)->kind == TraceKind::kMember) {
      const std::string_view key = (*step)->name->view();
      if (is_identifier(key)) {
        path += (path.empty() ? "" : ".") + std::string(key);
      } else {
        path += "['" + std::string(key) + "']";
      }
    } else if ((*step)->kind == TraceKind::kElement) {
      path += "[" + std::to_string((*step)->index) + "]";
    } else {
      break;
    }
  }
  return path;
}

uint32_t token_length(const std::string& source, uint32_t pos) {
  try {
    Lexer lexer(source);
    lexer.seek(pos);
    return lexer.next().end - pos;
  } catch (const SyntaxError&) {
    return 1;
  }
}

}  // namespace

std::string Vm::trace_text() const {
  std::vector<const Trace*> steps;
  for (const Trace* step = top; step != nullptr; step = step->up)
    if (is_user_place(step->site) && step->kind != TraceKind::kThunk) steps.push_back(step);
  const bool all = steps.size() <= kInnermost + kOutermost + 1;
  std::vector<std::string> lines;
  for (size_t i = 0; i < steps.size(); ++i) {
    if (!all && i == kInnermost) {
      const size_t hidden = steps.size() - kInnermost - kOutermost;
      lines.push_back("... " + std::to_string(hidden) + " more ...");
      i += hidden;
    }
    std::string line = step_text(*steps[i]);
    if (lines.empty() || lines.back() != line) lines.push_back(std::move(line));
  }
  if (const std::string path = output_path(top); !path.empty())
    lines.push_back("needed for " + path + " of the output");
  return kfctl::join(lines, "\n");
}

void Vm::fail(const Exec* at, std::string message, std::string hint) {
  const Exec* raised = nearest(at, top);
  const Exec* where = nearest_user_place(at, top);
  std::string excerpt = trace_text();
  if (where != nullptr) {
    const std::string& source = *where->code->ast->source;
    const std::string line = excerpt_of(source, where->pos, token_length(source, where->pos));
    excerpt = excerpt.empty() ? line : line + "\n" + excerpt;
    message = place_text(where) + ": " + message;
  } else if (raised == nullptr) {
    message = request.path + ": " + message;
  }
  if (raised != nullptr && raised != where) {
    const std::string origin = "raised at " + place_text(raised);
    if (where != nullptr) {
      excerpt += "\n" + origin;
    } else {
      excerpt = excerpt.empty() ? origin : origin + "\n" + excerpt;
    }
  }
  throw EvalError{
      Error(ErrorKind::kProject, std::move(message), std::move(hint), std::move(excerpt))};
}

void Vm::say_trace(const Exec* at, std::string_view text) {
  if (!on_trace) return;
  std::string line = "TRACE: ";
  if (const Exec* where = nearest(at, top)) {
    const Place place = place_of(*where->code->ast->source, where->pos);
    line += where->code->ast->path + ":" + std::to_string(place.line) + " ";
  }
  on_trace(line + std::string(text));
}

void Scope::overflow() {
  // Its own step counts no more: the destructor will not run.
  --vm.depth;
  if (vm.depth >= vm.options.max_stack)
    vm.fail(trace.site, "max stack frames exceeded",
            "this is most often endless recursion; --max-stack raises the limit of " +
                std::to_string(vm.options.max_stack) + " calls");
  vm.fail(trace.site, "this program is nested too deeply");
}

Error syntax_error(const std::string& path, const std::string& source, const SyntaxError& error) {
  const Place place = place_of(source, error.begin);
  return Error(ErrorKind::kProject,
               path + ":" + std::to_string(place.line) + ":" + std::to_string(place.column) + ": " +
                   error.message,
               error.hint, excerpt_of(source, error.begin, std::max(1u, error.end - error.begin)));
}

}  // namespace kfctl::jsonnet
