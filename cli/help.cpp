#include "cli/help.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/text.h"

namespace kfctl {
namespace {

constexpr int kIndent = 2;
constexpr int kWidestLabel = 30;  // a longer one stands on a line of its own
constexpr int kWidestText = 100;  // longer lines are hard to read

using Row = std::pair<std::string, std::string>;  // a label, already styled, and its text

std::string blanks(int count) { return std::string(static_cast<size_t>(std::max(count, 0)), ' '); }

// Columns without the escape sequences of a style.
int plain_width(std::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b')
      i = std::min(text.find('m', i), text.size() - 1);
    else
      plain += text[i];
  }
  return display_width(plain);
}

// Labels in one column, their texts in the next.
std::string two_columns(const std::vector<Row>& rows, int width) {
  int widest = 0;
  for (const Row& row : rows) {
    const int columns = plain_width(row.first);
    if (columns <= kWidestLabel) widest = std::max(widest, columns);
  }
  const int second = kIndent + widest + 2;
  std::string text;
  for (const Row& row : rows) {
    const int columns = plain_width(row.first);
    text += blanks(kIndent) + row.first;
    text += columns > widest ? "\n" + blanks(second) : blanks(widest - columns + 2);
    text += wrap_text(row.second, width - second, second) + "\n";
  }
  return text;
}

std::string paragraphs(std::string_view about, int width) {
  std::string text;
  std::string paragraph;
  const auto end_paragraph = [&] {
    if (!paragraph.empty()) text += wrap_text(paragraph, width, 0) + "\n\n";
    paragraph.clear();
  };
  for (const std::string_view line : split_lines(about)) {
    if (line.empty())
      end_paragraph();
    else
      paragraph += (paragraph.empty() ? "" : " ") + std::string(line);
  }
  end_paragraph();
  return text;
}

std::string section(const Style& style, std::string_view title, const std::string& body) {
  return body.empty() ? "" : style.heading(std::string(title) + ":") + "\n" + body + "\n";
}

std::string arguments_text(const Command& command, const Style& style, int width) {
  std::vector<Row> rows;
  for (const Argument& argument : filled(command.arguments)) {
    rows.emplace_back(style.cyan(argument.name), std::string(argument.help));
  }
  return two_columns(rows, width);
}

std::string flags_text(const FlagGroup& group, const Style& style, int width) {
  std::vector<Row> rows;
  for (const Flag& flag : group.flags) {
    rows.emplace_back(flag_label(flag, style), flag_description(flag));
  }
  return two_columns(rows, width);
}

std::string examples_text(const Command& command, const Style& style) {
  std::string text;
  for (const Example& example : filled(command.examples)) {
    text += blanks(kIndent) + style.dim("# " + std::string(example.says)) + "\n";
    text += blanks(kIndent) + std::string(example.name) + "\n";
  }
  return text;
}

Row command_row(const Command& command, const Style& style) {
  return {style.cyan(command.path), std::string(command.summary)};
}

std::string all_commands_text(const Style& style, int width) {
  std::string text;
  for (const Section one : {Section::kProject, Section::kComponents, Section::kDeploy,
                            Section::kLearn, Section::kOther}) {
    std::vector<Row> rows;
    for (const Command* command : commands_below("")) {
      if (command->section == one) rows.push_back(command_row(*command, style));
    }
    text += section(style, section_title(one), two_columns(rows, width));
  }
  return text;
}

std::string commands_text(const Command& noun, const Style& style, int width) {
  if (noun.path.empty()) return all_commands_text(style, width);
  std::vector<Row> rows;
  for (const Command* command : commands_below(noun.path)) {
    rows.push_back(command_row(*command, style));
  }
  return section(style, "Commands", two_columns(rows, width));
}

}  // namespace

std::string wrap_text(std::string_view text, int width, int indent) {
  std::string wrapped;
  int column = 0;
  for (const std::string_view word : split(text, ' ')) {
    const int columns = display_width(word);
    if (column > 0 && column + 1 + columns > width) {
      wrapped += "\n" + blanks(indent);
      column = 0;
    } else if (column > 0) {
      wrapped += ' ';
      ++column;
    }
    wrapped += word;
    column += columns;
  }
  return wrapped;
}

std::string usage_line(const Command& command) {
  std::string text = "kfctl";
  if (!command.path.empty()) text += " " + std::string(command.path);
  if (command.is_noun()) return text + " COMMAND";
  for (const Argument& argument : filled(command.arguments)) {
    const std::string name = std::string(argument.name) + (argument.repeats ? "..." : "");
    text += argument.optional ? " [" + name + "]" : " " + name;
  }
  if (!command.free_flags.empty()) text += " [--" + std::string(command.free_flags) + " VALUE...]";
  return text + " [flags]";
}

std::string flag_label(const Flag& flag, const Style& style) {
  std::string text =
      flag.letter == '\0' ? "    " : style.cyan(std::string("-") + flag.letter) + ", ";
  text += style.cyan("--" + std::string(flag.name));
  if (!flag.is_switch()) text += " " + std::string(flag.value);
  return text;
}

std::string flag_description(const Flag& flag) {
  std::string text(flag.help);
  if (!flag.choices.empty()) {
    std::vector<std::string> choices;
    for (const std::string_view choice : split(flag.choices, '|')) choices.emplace_back(choice);
    text += ": " + join(choices, ", ");
  }
  if (flag.repeats) text += " (may be repeated)";
  if (!flag.otherwise.empty()) text += " [" + std::string(flag.otherwise) + "]";
  return text;
}

std::string help_text(const Command& command, const Style& style, int width) {
  width = std::min(width, kWidestText);
  std::string text = paragraphs(std::string(command.summary) + ".", width);
  text += paragraphs(command.about, width);
  text += style.heading("Usage:") + " " + style.bold(usage_line(command)) + "\n";
  if (!command.alias.empty()) text += "   or: kfctl " + std::string(command.alias) + "\n";
  text += "\n";
  if (!commands_below(command.path).empty()) text += commands_text(command, style, width);
  text += section(style, "Arguments", arguments_text(command, style, width));
  for (const FlagGroup& group : flag_groups(command)) {
    text += section(style, group.title, flags_text(group, style, width));
  }
  text += section(style, "Examples", examples_text(command, style));
  text += wrap_text(command.is_noun()
                        ? "'kfctl help COMMAND' explains one command."
                        : "Exit codes: 0 done, 1 the answer is no, 2 wrong usage, 3 wrong project "
                          "files, 4 cluster, network or disk failed, 130 interrupted.",
                    width, 0) +
          "\n";
  return text;
}

}  // namespace kfctl
