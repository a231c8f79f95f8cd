#include "cluster/logs.h"

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "base/http.h"
#include "cluster/credentials.h"
#include "cluster/health_rules.h"
#include "cluster/inventory.h"
#include "cluster/view.h"

namespace kfctl {
namespace {

constexpr int kBatchMs = 100;
constexpr int kPauseMs = 1'000;               // before a stream that broke off is taken up again
constexpr int kMaxAttempts = 4;               // without a line in between
constexpr size_t kMaxLine = size_t{1} << 20;  // what is longer is told in pieces

// One container of one pod: a stream that is told in its turn.
struct Stream {
  std::string namespace_;
  std::string pod;
  std::string container;
  LineDecoder decoder;
  std::string last_time;         // of the last line that was told
  std::string resumed_at;        // what was told before the stream broke off
  std::deque<std::string> held;  // lines that wait for their turn
  bool over = false;
  int attempts = 0;  // that broke off since the last line
};

struct ContainerState {
  std::string name;
  std::string run;  // tells one run of it from the next
  bool readable = false;
};

// The containers of a pod, init containers first; without a status none has anything to read.
std::vector<ContainerState> containers_of(const Json& pod, bool previous) {
  std::vector<ContainerState> out;
  for (const char* const list : {"initContainerStatuses", "containerStatuses"}) {
    for (const Json& one : list_at(pod, {"status", list})) {
      ContainerState state;
      state.name = one.string_at({"name"});
      state.run = one.string_at({"containerID"});
      const int64_t restarts = number_at(one, {"restartCount"}).value_or(0);
      const bool started = one.at({"state", "running"}) != nullptr ||
                           one.at({"state", "terminated"}) != nullptr || restarts > 0;
      state.readable = previous ? restarts > 0 : started;
      out.push_back(std::move(state));
    }
  }
  return out;
}

class LogWork {
 public:
  LogWork(const Workplace& place, const Inventory& inventory, const LogOptions& options,
          const OnLogLine& on_line)
      : place_(place),
        inventory_(inventory),
        options_(options),
        on_line_(on_line),
        view_(place, options.follow) {}

  Result<size_t> run() {
    view_.set_on_change([this] { look_soon(); });
    for (const PlannedObject& object : inventory_.objects) {
      view_.cover_with_parts(object, inventory_.discovery);
    }
    place_.client.run();
    if (place_.client.cancel().cancelled()) return cancelled_error();
    for (const PlannedObject& object : inventory_.objects) {
      const Error* const problem = view_.problem(object);
      if (problem != nullptr) return *problem;
    }
    if (refused_ && streams_.size() == refusals_) return *refused_;
    return streams_.size();
  }

 private:
  void look_soon() {
    if (std::exchange(due_, true)) return;
    place_.client.after(
        kBatchMs,
        [this] {
          due_ = false;
          look();
        },
        nullptr);
  }

  void look() {
    if (!view_.complete()) return;
    for (const PlannedObject& object : inventory_.objects) {
      for (const Json* const part : view_.with_parts(object)) {
        if (part->string_at({"kind"}) == "Pod") look_at_pod(*part);
      }
    }
    first_look_ = false;
  }

  void look_at_pod(const Json& pod) {
    const std::string space(pod.string_at({"metadata", "namespace"}));
    const std::string name(pod.string_at({"metadata", "name"}));
    for (const ContainerState& one : containers_of(pod, options_.previous)) {
      if (!options_.container.empty() && one.name != options_.container) continue;
      if (!one.readable) continue;
      const std::string key = space + "/" + name + "/" + one.name;
      // A run that was seen is being read, or was to its end.
      if (!runs_.insert({key, one.run}).second) continue;
      const bool restarted = !seen_.insert(key).second;
      streams_.push_back(std::make_unique<Stream>());
      Stream& stream = *streams_.back();
      stream.namespace_ = space;
      stream.pod = name;
      stream.container = one.name;
      // What begins while we look is of interest from its beginning.
      read(stream, first_look_ && !restarted);
    }
  }

  void read(Stream& stream, bool limited) {
    KubeRequest request;
    request.path = "/api/v1/namespaces/" + url_encode(stream.namespace_) + "/pods/" +
                   url_encode(stream.pod) + "/log";
    request.query = {{"container", stream.container}, {"timestamps", "true"}};
    if (options_.follow) request.query.emplace_back("follow", "true");
    if (options_.previous) request.query.emplace_back("previous", "true");
    if (!stream.last_time.empty()) {
      stream.resumed_at = stream.last_time;
      request.query.emplace_back("sinceTime", stream.last_time);
    } else if (limited) {
      if (options_.since_s > 0) {
        request.query.emplace_back("sinceSeconds", std::to_string(options_.since_s));
      }
      if (options_.tail >= 0)
        request.query.emplace_back("tailLines", std::to_string(options_.tail));
    }
    request.on_body = [this, &stream](std::string_view piece) {
      stream.decoder.feed(piece, [&](std::string_view line) { take(stream, line); });
      return true;
    };
    place_.client.start(std::move(request), [this, &stream, limited](KubeAnswer answer) {
      ended(stream, answer, limited);
    });
  }

  void take(Stream& stream, std::string_view line) {
    const TimedLine timed = split_time(line);
    // The server begins at the second that it is given, so some lines come again.
    if (!timed.time.empty() && timed.time <= stream.resumed_at) return;
    if (!timed.time.empty()) stream.last_time = timed.time;
    stream.attempts = 0;
    const std::string_view text = options_.timestamps ? line : timed.text;
    if (options_.follow || is_next(stream)) {
      tell(stream, text);
    } else {
      stream.held.emplace_back(text);
    }
  }

  void ended(Stream& stream, const KubeAnswer& answer, bool limited) {
    if (place_.client.cancel().cancelled()) return;
    const bool broken = !answer.failure && (answer.http.fault == HttpFault::kReset ||
                                            answer.http.status >= 500 || answer.status_is(429));
    if (broken && ++stream.attempts < kMaxAttempts) {
      stream.decoder = {};
      place_.client.after(
          kPauseMs, [this, &stream, limited] { read(stream, limited); }, nullptr);
      return;
    }
    stream.decoder.finish([&](std::string_view line) { take(stream, line); });
    if (!answer.success()) refuse(stream, answer);
    stream.over = true;
    tell_held();
  }

  void refuse(const Stream& stream, const KubeAnswer& answer) {
    const std::string what =
        "read the log of Pod/" + stream.pod + ", container " + stream.container;
    const Error error = place_.client.error_of(answer, what);
    ++refusals_;
    if (!refused_) refused_ = error;
    ClusterEvent event;
    event.kind = ClusterEvent::Kind::kWarning;
    event.message = error.message;
    place_.tell(std::move(event));
  }

  // ---- the order of lines

  bool is_next(const Stream& stream) const {
    return next_ < streams_.size() && streams_[next_].get() == &stream;
  }

  // Without -f the streams are told one after the other, in the order in which they were begun.
  void tell_held() {
    while (next_ < streams_.size()) {
      Stream& stream = *streams_[next_];
      for (const std::string& line : stream.held) tell(stream, line);
      stream.held.clear();
      if (!stream.over) return;
      ++next_;
    }
  }

  void tell(const Stream& stream, std::string_view text) {
    on_line_(LogLine{stream.namespace_, stream.pod, stream.container, text});
  }

  const Workplace& place_;
  const Inventory& inventory_;
  const LogOptions& options_;
  const OnLogLine& on_line_;
  View view_;
  std::vector<std::unique_ptr<Stream>> streams_;
  std::set<std::pair<std::string, std::string>> runs_;
  std::set<std::string> seen_;
  std::optional<Error> refused_;
  size_t refusals_ = 0;
  size_t next_ = 0;
  bool first_look_ = true;
  bool due_ = false;
};

}  // namespace

void LineDecoder::feed(std::string_view piece,
                       const std::function<void(std::string_view line)>& on_line) {
  while (!piece.empty()) {
    const size_t end = piece.find('\n');
    rest_ += piece.substr(0, end);
    if (end == std::string_view::npos && rest_.size() < kMaxLine) return;
    const std::string line = std::exchange(rest_, "");
    on_line(line.ends_with('\r') ? std::string_view(line).substr(0, line.size() - 1) : line);
    if (end == std::string_view::npos) return;
    piece.remove_prefix(end + 1);
  }
}

void LineDecoder::finish(const std::function<void(std::string_view line)>& on_line) {
  const std::string line = std::exchange(rest_, "");
  if (!line.empty()) on_line(line);
}

TimedLine split_time(std::string_view line) {
  const size_t space = line.find(' ');
  const std::string_view time = line.substr(0, space);
  if (!parse_rfc3339(time)) return {"", line};
  return {time, space == std::string_view::npos ? "" : line.substr(space + 1)};
}

Result<size_t> logs_of_objects(const Workplace& place, const std::vector<Json>& objects,
                               const LogOptions& options, const OnLogLine& on_line) {
  KF_TRY(const Inventory inventory, take_inventory(place, objects, ""));
  return LogWork(place, inventory, options, on_line).run();
}

}  // namespace kfctl
