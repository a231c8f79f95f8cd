// What the pods of an environment print. See Session::logs for what it promises.
#pragma once

#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "cluster/session.h"
#include "cluster/situation.h"

namespace kfctl {

/// Session::logs.
Result<size_t> logs_of_objects(const Workplace& place, const std::vector<Json>& objects,
                               const LogOptions& options, const OnLogLine& on_line);

/// Cuts a stream of text into lines, without their ends. Pure.
class LineDecoder {
 public:
  /// Calls `on_line` for each line that is complete.
  void feed(std::string_view piece, const std::function<void(std::string_view line)>& on_line);
  /// What follows the last line end, if anything does.
  void finish(const std::function<void(std::string_view line)>& on_line);

 private:
  std::string rest_;
};

/// A line of the server's log begins with its time: "2026-01-31T10:20:30.123456789Z text".
struct TimedLine {
  std::string_view time;  // "" if there is none
  std::string_view text;
};
TimedLine split_time(std::string_view line);

}  // namespace kfctl
