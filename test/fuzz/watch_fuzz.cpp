// A server may stream any bytes: changes of objects, lines of a log, and the objects themselves
// with whatever they say of their health and of what they depend on. None of it may crash us, and
// where a stream is cut makes no difference.
#include <cstdint>
#include <cstdlib>

#include "cluster/depends_on.h"
#include "cluster/health.h"
#include "cluster/logs.h"
#include "cluster/pods.h"
#include "cluster/watch.h"

using namespace kfctl;

namespace {

std::string lines_of(std::string_view text, size_t piece) {
  LineDecoder decoder;
  std::string lines;
  const auto add = [&lines](std::string_view line) {
    lines += std::string(split_time(line).text) + "\n";
  };
  for (size_t at = 0; at < text.size(); at += piece) decoder.feed(text.substr(at, piece), add);
  decoder.finish(add);
  return lines;
}

std::string events_of(std::string_view text, size_t piece) {
  WatchDecoder decoder;
  std::string events;
  for (size_t at = 0; at < text.size(); at += piece) {
    const bool usable = decoder.feed(text.substr(at, piece), [&events](const WatchEvent& event) {
      events += std::to_string(event.code) + event.object.dump();
      events += health_of(event.object, {}).message;
      for (const PodTemplate& pod : pod_templates(event.object)) {
        events += std::to_string(pod_references(*pod.spec).size());
      }
      events += depends_on(event.object).ok() ? "y" : "n";
    });
    if (!usable) break;
  }
  return events;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (lines_of(text, 3) != lines_of(text, size + 1)) std::abort();
  if (events_of(text, 3) != events_of(text, size + 1)) std::abort();
  return 0;
}
