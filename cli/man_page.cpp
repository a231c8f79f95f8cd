#include "cli/man_page.h"

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "cli/help.h"

namespace kfctl {
namespace {

// Text that roff takes for nothing but text.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else if (c == '~')
      out += "\\(ti";
    else if (c == '^')
      out += "\\(ha";
    else if (c == '`')
      out += "\\(ga";
    else
      out += c;
  }
  return !out.empty() && (out[0] == '.' || out[0] == '\'') ? "\\&" + out : out;
}

std::string paragraphs(std::string_view about) {
  std::string text;
  for (const std::string_view line : split_lines(about)) {
    text += line.empty() ? ".PP\n" : escaped(line) + "\n";
  }
  return text;
}

std::string flags(const Command& command) {
  std::string text;
  for (const FlagGroup& group : flag_groups(command)) {
    text += ".SS " + escaped(group.title) + "\n";
    for (const Flag& flag : group.flags) {
      text += ".TP\n";
      if (flag.letter != '\0') text += std::string("\\fB\\-") + flag.letter + "\\fR, ";
      text += "\\fB\\-\\-" + escaped(flag.name) + "\\fR";
      if (!flag.is_switch()) text += " \\fI" + escaped(flag.value) + "\\fR";
      text += "\n" + escaped(flag_description(flag)) + ".\n";
    }
  }
  return text;
}

std::string arguments(const Command& command) {
  const std::span<const Argument> all = filled(command.arguments);
  std::string text = all.empty() ? "" : ".SH ARGUMENTS\n";
  for (const Argument& argument : all) {
    text += ".TP\n\\fI" + escaped(argument.name) + "\\fR\n" + escaped(argument.help) + ".\n";
  }
  return text;
}

std::string examples(const Command& command) {
  std::string text;
  for (const Example& example : filled(command.examples)) {
    text += ".PP\n" + escaped(example.says) + ":\n.PP\n.nf\n.RS 4\n" + escaped(example.name) +
            "\n.RE\n.fi\n";
  }
  return text;
}

std::string commands() {
  std::string text;
  for (const Command& command : all_commands()) {
    if (command.is_hidden() || command.is_noun()) continue;
    text += ".TP\n\\fBkfctl " + escaped(command.path) + "\\fR\n" + escaped(command.summary) + ".\n";
  }
  return text;
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return text;
}

Result<std::string> replacement(const Command& command, std::string_view word,
                                std::string_view notes) {
  if (word == "TITLE") {
    return ".TH " + escaped(upper(man_name(command))) +
           " 1 \"\" \"kfctl " KFCTL_VERSION "\" \"kfctl manual\"\n";
  }
  if (word == "NAME") return escaped(man_name(command)) + " \\- " + escaped(command.summary) + "\n";
  if (word == "SYNOPSIS") {
    std::string text = "\\fB" + escaped(usage_line(command)) + "\\fR\n";
    if (!command.alias.empty()) text += ".br\n\\fBkfctl " + escaped(command.alias) + "\\fR ...\n";
    return text;
  }
  if (word == "DESCRIPTION") {
    return escaped(command.summary) + ".\n" +
           (command.about.empty() ? "" : ".PP\n" + paragraphs(command.about));
  }
  if (word == "ARGUMENTS") return arguments(command);
  if (word == "FLAGS") return flags(command);
  if (word == "EXAMPLES") return examples(command);
  if (word == "COMMANDS") return commands();
  if (word == "NOTES") return std::string(notes);
  return project_error("unknown word @" + std::string(word) + "@ in a template of a manual page");
}

Status check_notes(const Files& files, const std::string& folder) {
  KF_TRY(const std::vector<std::string> names, list_tree(files, folder));
  for (const std::string& name : names) {
    const std::span<const Command> all = all_commands();
    const bool known = std::any_of(all.begin(), all.end(), [&](const Command& command) {
      return man_name(command) + ".roff" == name;
    });
    if (!known) return project_error(join_path(folder, name) + ": there is no such command");
  }
  return Ok{};
}

}  // namespace

std::string man_name(const Command& command) {
  std::string name = command.path.empty() ? "kfctl" : "kfctl " + std::string(command.path);
  std::replace(name.begin(), name.end(), ' ', '-');
  return name;
}

Result<std::string> man_page(const Command& command, std::string_view page,
                             std::string_view notes) {
  std::string text;
  for (const std::string_view line : split_lines(page)) {
    if (line.size() > 2 && line.front() == '@' && line.back() == '@') {
      KF_TRY(const std::string filled_in,
             replacement(command, line.substr(1, line.size() - 2), notes));
      text += filled_in;
    } else {
      text += std::string(line) + "\n";
    }
  }
  return text;
}

Status write_man_pages(Files& files, const std::string& source, const std::string& target) {
  KF_TRY(const std::string first, files.read(join_path(source, "kfctl.1.in")));
  KF_TRY(const std::string others, files.read(join_path(source, "command.1.in")));
  KF_DO(check_notes(files, join_path(source, "notes")));
  std::vector<FileWrite> pages;
  for (const Command& command : all_commands()) {
    const bool is_root = command.path.empty();
    if (!is_root && (command.is_hidden() || command.is_noun())) continue;
    const std::string name = man_name(command);
    const std::string notes_path = join_path(source, "notes/" + name + ".roff");
    std::string notes;
    if (files.is_file(notes_path)) {
      KF_TRY(notes, files.read(notes_path));
    }
    KF_TRY(std::string page, man_page(command, is_root ? first : others, notes));
    pages.push_back({join_path(target, name + ".1"), std::move(page)});
  }
  return files.write_all(pages);
}

}  // namespace kfctl
