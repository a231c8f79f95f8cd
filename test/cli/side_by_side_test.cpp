#include "cli/side_by_side.h"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>

#include <doctest/doctest.h>
#include <unistd.h>

#include "base/json.h"

namespace kfctl {
namespace {

// A console whose two streams are files.
class Screen {
 public:
  Screen() : out_(std::tmpfile()), err_(std::tmpfile()) {
    ConsoleOptions options;
    options.out_fd = fileno(out_);
    options.err_fd = fileno(err_);
    console = std::make_unique<Console>(options);
  }
  ~Screen() {
    console.reset();
    std::fclose(out_);
    std::fclose(err_);
  }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  std::string out() { return all_of(out_); }
  std::string err() { return all_of(err_); }

  std::unique_ptr<Console> console;

 private:
  std::string all_of(std::FILE* file) {
    console->finish(0);
    std::string text(65536, '\0');
    const ssize_t size = pread(fileno(file), text.data(), text.size(), 0);
    text.resize(static_cast<size_t>(std::max<ssize_t>(size, 0)));
    return text;
  }

  std::FILE* out_;
  std::FILE* err_;
};

std::vector<OpenEnvironment> named(const std::vector<std::string>& names) {
  std::vector<OpenEnvironment> out(names.size());
  for (size_t i = 0; i < names.size(); ++i) out[i].name = names[i];
  return out;
}

void sleep_ms(int ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); }

TEST_CASE("what is printed stands in the order of the names, each line behind one") {
  std::vector<OpenEnvironment> all = named({"dev", "staging", "prod"});
  all[1].error = usage_error("no such context", "choose another");
  Screen screen;
  const int code = run_side_by_side(all, *screen.console, {.format = "text"},
                                    [](OpenEnvironment& one, Console& console) {
                                      if (one.name == "dev") sleep_ms(50);  // the last to be done
                                      console.live_line("first");
                                      console.out("second\nthird\n");
                                      console.note("about " + one.name);
                                      return one.name == "prod" ? kExitNo : kExitOk;
                                    });
  CHECK(code == 2);
  CHECK(screen.out() ==
        "dev     | first\ndev     | second\ndev     | third\n"
        "prod    | first\nprod    | second\nprod    | third\n");
  CHECK(screen.err() ==
        "dev     | about dev\n"
        "staging | kfctl: error: no such context\nstaging | hint: choose another\n"
        "prod    | about prod\n");
}

TEST_CASE("all are worked on at once") {
  std::vector<OpenEnvironment> all = named({"a", "b", "c"});
  Screen screen;
  std::atomic<int> here{0};
  const int code = run_side_by_side(all, *screen.console, {.format = "text"},
                                    [&here](OpenEnvironment&, Console&) {
                                      ++here;
                                      for (int i = 0; i < 500 && here < 3; ++i) sleep_ms(10);
                                      return here == 3 ? kExitOk : kExitNo;
                                    });
  CHECK(code == kExitOk);
}

TEST_CASE("documents come as one list that names the environments, errors among them") {
  std::vector<OpenEnvironment> all = named({"dev", "prod"});
  Screen screen;
  screen.console->set_errors_as_json(true);
  const int code = run_side_by_side(all, *screen.console, {.format = "json"},
                                    [](OpenEnvironment& one, Console& console) {
                                      if (one.name == "prod")
                                        return console.fail(Error(ErrorKind::kCluster, "refused"));
                                      console.data(Json::object({{"kind", "apply"}}), "json");
                                      return kExitOk;
                                    });
  CHECK(code == 4);
  const Json list = parse_json(screen.out(), "out").value();
  REQUIRE(list.items().size() == 2);
  CHECK(list.items()[0].string_at({"kind"}) == "apply");
  CHECK(list.items()[0].string_at({"environment"}) == "dev");
  CHECK(list.items()[1].string_at({"error", "message"}) == "refused");
  CHECK(parse_json(screen.err(), "err").value().string_at({"environment"}) == "prod");
}

TEST_CASE("a single one is printed as if there were no others") {
  std::vector<OpenEnvironment> all = named({"dev"});
  Screen screen;
  run_side_by_side(all, *screen.console, {.format = "json"},
                   [](OpenEnvironment&, Console& console) {
                     console.data(Json::object({{"kind", "apply"}}), "json");
                     console.note("done");
                     return kExitOk;
                   });
  CHECK(parse_json(screen.out(), "out").value().is_object());
  CHECK(screen.err() == "done\n");
}

TEST_CASE("events of ndjson come as they happen") {
  std::vector<OpenEnvironment> all = named({"slow", "quick"});
  Screen screen;
  std::atomic<bool> told{false};
  run_side_by_side(all, *screen.console, {.format = "ndjson"},
                   [&told](OpenEnvironment& one, Console& console) {
                     if (one.name == "slow") {
                       for (int i = 0; i < 500 && !told; ++i) sleep_ms(10);
                     }
                     console.live_line("{\"environment\":\"" + console.label() + "\"}");
                     told = true;
                     return kExitOk;
                   });
  CHECK(screen.out() == "{\"environment\":\"quick\"}\n{\"environment\":\"slow\"}\n");
}

}  // namespace
}  // namespace kfctl
