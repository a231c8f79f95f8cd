#include "cli/complete.h"

#include <algorithm>
#include <set>

#include <doctest/doctest.h>

namespace kfctl {
namespace {

std::vector<Candidate> some_names(Completes what, const std::vector<std::string>& words) {
  if (what == Completes::kEnvironment) return {{"prod", ""}, {"staging", ""}};
  if (what == Completes::kComponent) return {{"web", ""}};
  if (what == Completes::kParameter) return {{words.at(0) + "Image", ""}};
  return {};
}

std::vector<std::string> offered(const std::vector<std::string>& words) {
  std::vector<std::string> texts;
  for (const Candidate& one : complete(words, some_names).candidates) texts.push_back(one.text);
  return texts;
}

using Texts = std::vector<std::string>;

TEST_CASE("every command, every noun's command and every flag of the table is offered") {
  for (const Command& command : all_commands()) {
    if (command.is_hidden()) continue;
    std::vector<std::string> words;
    std::string rest(command.path);
    for (size_t at = rest.find(' '); at != rest.npos; at = rest.find(' ')) {
      words.push_back(rest.substr(0, at));
      rest = rest.substr(at + 1);
    }
    words.push_back(rest);
    const Texts commands = offered(words);
    CHECK(std::find(commands.begin(), commands.end(), rest) != commands.end());
    words.push_back("--");
    const Texts given = offered(words);
    const std::set<std::string> flags(given.begin(), given.end());
    for (const FlagGroup& group : flag_groups(command)) {
      for (const Flag& flag : group.flags) CHECK(flags.count("--" + std::string(flag.name)) == 1);
    }
  }
}

TEST_CASE("hidden commands are not offered") { CHECK(offered({"__"}).empty()); }

TEST_CASE("values of flags: choices, names, and both with =") {
  CHECK(offered({"diff", "-o", "u"}) == Texts{"unified"});
  CHECK(offered({"diff", "--output=j"}) == Texts{"--output=json"});
  CHECK(offered({"param", "list", "--env", ""}) == Texts{"prod", "staging"});
  CHECK(offered({"show", "-c", ""}) == Texts{"web"});
}

TEST_CASE("arguments: by their position, flags in between not counted") {
  CHECK(offered({"apply", "--prune", "p"}) == Texts{"prod"});
  CHECK(offered({"show", "prod", ""}).empty());
  CHECK(offered({"param", "set", "web", ""}) == Texts{"webImage"});
  CHECK(offered({"help", "env", "r"}) == Texts{"rm"});
}

TEST_CASE("paths are the shell's business") {
  CHECK(complete({"show", "--ext-str-file", ""}, some_names).files == Completes::kFile);
  CHECK(complete({"show", "--dir", ""}, some_names).files == Completes::kDirectory);
  CHECK(complete({"show", "--dir=x"}, some_names).files == Completes::kDirectory);
}

}  // namespace
}  // namespace kfctl
