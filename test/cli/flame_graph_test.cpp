#include "cli/flame_graph.h"

#include <doctest/doctest.h>

namespace kfctl {
namespace {

void fill(Profile& profile) {
  profile.add({{FrameKind::kProgram, "main", ""},
               {FrameKind::kFunction, "f<x>", "a&b:1"},
               {FrameKind::kLibrary, "std.map", ""}},
              {{0, 0, {1, 1'000'000, 1024}, {}},
               {1, 0, {2, 3'000'000, 2048}, {}},
               {2, 1, {1, 4'000'000, 4096}, {}}});
}

size_t count(std::string_view text, std::string_view piece) {
  size_t n = 0;
  for (size_t at = text.find(piece); at != std::string_view::npos; at = text.find(piece, at + 1))
    ++n;
  return n;
}

}  // namespace

TEST_CASE("a box for each stack, with all figures in its title, and text that XML can bear") {
  Profile profile;
  fill(profile);
  const std::string svg = flame_graph(profile, ProfileWeight::kTime, "kfctl jsonnet <x>");
  CHECK(count(svg, "<g><title>") == 3);
  CHECK(svg.find("kfctl jsonnet &lt;x&gt;") != std::string::npos);
  CHECK(svg.find("<title>f&lt;x&gt; (a&amp;b:1)&#10;87.5%, 2 calls&#10;with what it calls: 7.0 ms, "
                 "6.0 KiB&#10;itself: 3.0 ms, 2.0 KiB</title>") != std::string::npos);
  CHECK(svg.find("<script") == std::string::npos);
  CHECK(svg.find("http") == svg.find("http://www.w3.org/2000/svg"));
  CHECK(svg.starts_with("<svg "));
  CHECK(svg.ends_with("</svg>\n"));
}

TEST_CASE("the same profile gives the same picture; width is what was asked for") {
  Profile one, two;
  fill(one);
  fill(two);
  CHECK(flame_graph(one, ProfileWeight::kTime, "t") == flame_graph(two, ProfileWeight::kTime, "t"));
  CHECK(flame_graph(one, ProfileWeight::kMemory, "t").find("85.7%, 2 calls") != std::string::npos);
}

TEST_CASE("nothing measured is an empty picture") {
  CHECK(flame_graph(Profile(), ProfileWeight::kTime, "t").find("<g>") == std::string::npos);
}

TEST_CASE("figures for people") {
  CHECK(time_text(0) == "0 ns");
  CHECK(time_text(1500) == "1.5 us");
  CHECK(time_text(12'300'000) == "12 ms");
  CHECK(time_text(90'000'000'000) == "90 s");
  CHECK(bytes_text(1536) == "1.5 KiB");
  CHECK(bytes_text(uint64_t{5} << 30) == "5.0 GiB");
}

}  // namespace kfctl
