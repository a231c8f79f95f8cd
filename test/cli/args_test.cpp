#include "cli/args.h"

#include <doctest/doctest.h>

#include "cli/project.h"

namespace kfctl {
namespace {

Args parsed(const std::vector<std::string>& words) {
  const Result<Args> args = parse_args(words);
  REQUIRE_MESSAGE(args.ok(), args.error().to_text());
  return args.value();
}

std::string refused(const std::vector<std::string>& words) {
  const Result<Args> args = parse_args(words);
  REQUIRE_FALSE(args.ok());
  CHECK(args.error().kind == ErrorKind::kUsage);
  return args.error().to_text();
}

TEST_CASE("flags may stand before, between and behind the words") {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"--dir", "x", "env", "add", "prod", "-n", "ml"},
        {"env", "--dir=x", "add", "-n", "ml", "prod"},
        {"env", "add", "prod", "--namespace=ml", "--dir", "x"}}) {
    const Args args = parsed(words);
    CHECK(args.command().path == "env add");
    CHECK(args.words() == std::vector<std::string>{"prod"});
    CHECK(args.value("dir") == "x");
    CHECK(args.value("namespace") == "ml");
  }
}

TEST_CASE("the last value of a flag wins, and one that repeats keeps them all") {
  CHECK(parsed({"show", "-o", "yaml", "-o", "json"}).value("output") == "json");
  const Args args = parsed({"show", "-c", "a", "--component", "b,c"});
  CHECK(args.values("component") == std::vector<std::string>{"a", "b,c"});
  CHECK(args.value("output", "yaml") == "yaml");
}

TEST_CASE("values are taken as they are: no splitting at commas or brackets, dashes allowed") {
  const Args args = parsed({"show", "--ext-code", "a=[1,2]", "--ext-str", "b=x,y", "-V", "-c=z"});
  CHECK(args.values("ext-code") == std::vector<std::string>{"a=[1,2]"});
  CHECK(args.values("ext-str") == std::vector<std::string>{"b=x,y", "-c=z"});
}

TEST_CASE("switches count, and may be switched off") {
  CHECK(parsed({"version", "-vv"}).count("verbose") == 2);
  CHECK(parsed({"apply", "--dry-run"}).has("dry-run"));
  CHECK_FALSE(parsed({"apply", "--dry-run=false"}).has("dry-run"));
  CHECK(refused({"apply", "--dry-run=maybe"}).find("true or false") != std::string::npos);
}

TEST_CASE("an alias is the command itself, and --format is --output for those who come from ks") {
  CHECK(parsed({"prototype", "use", "webapp", "web"}).command().path == "generate");
  CHECK(parsed({"show", "--format", "json"}).value("output") == "json");
}

TEST_CASE("negative numbers and what follows -- are words") {
  CHECK(parsed({"param", "set", "web", "delta", "-1"}).word(2) == "-1");
  CHECK(parsed({"param", "set", "web", "args", "--", "--verbose"}).word(2) == "--verbose");
}

TEST_CASE("flags that only the prototype knows are collected with their values") {
  const Args args = parsed({"generate", "--image", "nginx", "webapp", "--replicas=2", "web",
                            "--offset", "-1", "--module", "db"});
  CHECK(args.words() == std::vector<std::string>{"webapp", "web"});
  CHECK(args.value("module") == "db");
  CHECK(args.parameters() ==
        std::vector<Args::Parameter>{{"image", "nginx"}, {"replicas", "2"}, {"offset", "-1"}});
  CHECK(refused({"generate", "webapp", "web", "--image"}).find("needs a value") !=
        std::string::npos);
}

TEST_CASE("optional words may stand first: the count decides") {
  CHECK(parsed({"param", "set", "replicas", "2", "--env", "prod"}).words().size() == 2);
  CHECK(refused({"param", "set", "replicas"}).find("needs VALUE") != std::string::npos);
  CHECK(refused({"param", "set", "a", "b", "c", "d"}).find("does not take 'd'") !=
        std::string::npos);
}

TEST_CASE("slips are answered with the near word") {
  CHECK(refused({"shwo"}) == "unknown command 'kfctl shwo'\nhint: did you mean 'kfctl show'?");
  CHECK(refused({"env", "lst"}) ==
        "unknown command 'kfctl env lst'\nhint: did you mean 'kfctl env list'?");
  CHECK(refused({"apply", "--prnue"}) ==
        "unknown flag '--prnue' of 'kfctl apply'\nhint: did you mean '--prune'?");
  CHECK(refused({"version", "-o", "jsn"}) ==
        "--output does not take 'jsn'\nhint: did you mean 'json'?");
  CHECK(refused({"xyzzy"}).find("'kfctl --help' lists the commands") != std::string::npos);
}

TEST_CASE("a flag without its value and an unknown one before the command are named") {
  CHECK(refused({"version", "-o"}) == "flag '--output' needs a value");
  CHECK(refused({"--outptu", "json", "version"}).find("unknown flag '--outptu'") !=
        std::string::npos);
}

TEST_CASE("with --help nothing is missing") {
  CHECK(parsed({"env", "add", "--help"}).has("help"));
  CHECK(parsed({"env", "-h"}).command().path == "env");
}

TEST_CASE("times have units, and nothing else is a time") {
  CHECK(parse_duration_ms("30s", "t").value() == 30'000);
  CHECK(parse_duration_ms("1.5m", "t").value() == 90'000);
  CHECK(parse_duration_ms("250ms", "t").value() == 250);
  CHECK(parse_duration_ms("10", "t").value() == 10'000);
  CHECK(parse_duration_ms("0", "t").value() == 2147483647);
  for (const char* bad : {"", "s", "-1s", "5x", "1e99h", "nan"}) {
    CHECK_FALSE(parse_duration_ms(bad, "t").ok());
  }
}

}  // namespace
}  // namespace kfctl
