#include "cluster/logs.h"

#include <doctest/doctest.h>

#include "cluster/happenings.h"
#include "test/cluster/unit/planned.h"

using namespace kfctl;

TEST_CASE("a stream of text is cut into lines, wherever its pieces end") {
  const std::string text = "one\r\n\ntwo\nthree";
  for (size_t piece = 1; piece <= text.size(); ++piece) {
    LineDecoder decoder;
    std::string lines;
    const auto add = [&lines](std::string_view line) { lines += "[" + std::string(line) + "]"; };
    for (size_t at = 0; at < text.size(); at += piece) {
      decoder.feed(std::string_view(text).substr(at, piece), add);
    }
    decoder.finish(add);
    decoder.finish(add);
    CHECK(lines == "[one][][two][three]");
  }
}

TEST_CASE("a line without an end is told in pieces, and does not fill the memory") {
  LineDecoder decoder;
  size_t told = 0;
  for (int i = 0; i < 40; ++i) {
    decoder.feed(std::string(100'000, 'x'),
                 [&told](std::string_view line) { told += line.size(); });
  }
  CHECK(told >= 3'000'000);
}

TEST_CASE("a line of the server's log begins with its time") {
  CHECK(split_time("2026-01-31T10:20:30.123456789Z some text").text == "some text");
  CHECK(split_time("2026-01-31T10:20:30.123456789Z some text").time ==
        "2026-01-31T10:20:30.123456789Z");
  CHECK(split_time("2026-01-31T10:20:30Z").text == "");
  CHECK(split_time("no time here").text == "no time here");
  CHECK(split_time("").text == "");
}

TEST_CASE("an event of either form has its last time and how often it happened") {
  const Happening old = parse_happening(yaml_object(
      "{type: Warning, reason: BackOff, message: m, count: 4, lastTimestamp: t2, firstTimestamp: "
      "t1, involvedObject: {apiVersion: v1, kind: Pod, namespace: ns, name: p}}"));
  CHECK(old.warning);
  CHECK(old.time == "t2");
  CHECK(old.count == 4);
  CHECK(old.object.text() == "Pod/p");
  const Happening series = parse_happening(yaml_object(
      "{type: Normal, eventTime: t1, lastTimestamp: null, series: {count: 7, lastObservedTime: "
      "t3}}"));
  CHECK(series.time == "t3");
  CHECK(series.count == 7);
  CHECK_FALSE(series.warning);
  CHECK(parse_happening(yaml_object("{metadata: {creationTimestamp: t0}}")).time == "t0");
}
