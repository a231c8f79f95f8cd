#include "base/log.h"

#include <algorithm>
#include <atomic>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace kfctl {
namespace {

std::atomic<int> g_level{0};

// Made when the first line is logged: a start that logs nothing pays nothing.
spdlog::logger& logger() {
  static spdlog::logger instance = [] {
    spdlog::logger made("kfctl", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made.set_level(spdlog::level::trace);
    made.set_pattern("%H:%M:%S.%e %l: %v");
    return made;
  }();
  return instance;
}

void write(int level, spdlog::level::level_enum name, std::string_view text) {
  if (g_level.load(std::memory_order_relaxed) < level) return;
  logger().log(name, "{}", text);
}

}  // namespace

void set_log_level(int level) { g_level.store(std::clamp(level, 0, 3)); }
int log_level() { return g_level.load(); }

void log_info(std::string_view text) { write(1, spdlog::level::info, text); }
void log_debug(std::string_view text) { write(2, spdlog::level::debug, text); }
void log_trace(std::string_view text) { write(3, spdlog::level::trace, text); }

}  // namespace kfctl
