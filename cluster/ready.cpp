#include "cluster/ready.h"

#include <algorithm>

#include "base/text.h"
#include "cluster/health_rules.h"

namespace kfctl {
namespace {

constexpr int kTickMs = 500;  // patience and deadlines pass without any change on the server
constexpr int kBatchMs = 20;  // changes that come together are looked at together
constexpr const char* kLastLines = "10";

// The container whose log tells why: the one that crashes, or that has ended badly.
struct Culprit {
  std::string container;
  bool previous = false;  // it has ended and waits to be started again
};

std::optional<Culprit> find_culprit(const Json& pod) {
  for (const char* const list : {"initContainerStatuses", "containerStatuses"}) {
    for (const Json& one : list_at(pod, {"status", list})) {
      const std::string name(one.string_at({"name"}));
      if (one.string_at({"state", "waiting", "reason"}) == "CrashLoopBackOff") {
        return Culprit{name, true};
      }
      const Json* const ended = one.at({"state", "terminated"});
      if (ended != nullptr && number_at(*ended, {"exitCode"}).value_or(0) != 0) {
        return Culprit{name, false};
      }
    }
  }
  return std::nullopt;
}

std::string indented(std::string_view log) {
  std::string out;
  for (const std::string_view line : split_lines(log)) {
    std::string clean(line);
    for (char& c : clean) {
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    }
    out += "\n  | " + clean;
  }
  return out.empty() ? out : out.substr(1);
}

Error not_ready(const ObjectId& id, const HealthTree& tree, bool in_time, int timeout_ms,
                const std::string& words) {
  std::string message = id.full_text() + ": is not ready";
  if (!in_time) message += " after " + std::to_string(timeout_ms / 1000) + " s";
  message += ": " + tree.health.message;
  if (!words.empty()) message += "\n" + words;
  return Error(ErrorKind::kCluster, std::move(message),
               "'kfctl status' shows its parts, 'kfctl logs' and 'kfctl events' what they say");
}

}  // namespace

void fetch_last_words(KubeClient& client, const std::string& namespace_, const Json& pod,
                      std::function<void(std::string words)> done) {
  const std::optional<Culprit> culprit = find_culprit(pod);
  if (!culprit) return done("");
  KubeRequest request;
  request.path = "/api/v1/namespaces/" + namespace_ + "/pods/" +
                 std::string(pod.string_at({"metadata", "name"})) + "/log";
  request.query = {{"container", culprit->container}, {"tailLines", kLastLines}};
  if (culprit->previous) request.query.emplace_back("previous", "true");
  request.repeatable = false;  // it is an extra: not worth ten attempts
  client.start(std::move(request), [done = std::move(done)](KubeAnswer answer) {
    done(answer.success() ? indented(answer.http.body) : "");
  });
}

void ReadyWait::start(size_t key, const PlannedObject& object, const Json& applied, Done done) {
  if (timers_ == nullptr) {
    timers_ = std::make_shared<CancelToken>();
    views_.push_back(std::make_unique<View>(place_, true));
    views_.back()->set_on_change([this] { evaluate_soon(kBatchMs); });
    evaluate_soon(kTickMs);
  }
  const auto deadline = timeout_ms_ == 0 ? Clock::time_point::max()
                                         : Clock::now() + std::chrono::milliseconds(timeout_ms_);
  waits_.emplace(key, Wait{&object, number_at(applied, {"metadata", "generation"}).value_or(0),
                           std::move(done), deadline, std::nullopt});
  views_.back()->cover_with_parts(object, discovery_);
}

size_t ReadyWait::abandon(const std::function<bool(size_t key)>& which) {
  const size_t count =
      std::erase_if(waits_, [&which](const auto& entry) { return which(entry.first); });
  rest_if_idle();
  return count;
}

void ReadyWait::interrupt() {
  while (!waits_.empty()) finish(waits_.begin()->first, cancelled_error());
}

// A tick is always on its way; a change brings the next look forward.
void ReadyWait::evaluate_soon(int delay_ms) {
  const bool tick = delay_ms == kTickMs;
  if (!tick && std::exchange(due_, true)) return;
  place_.client.after(
      pace_.delay_ms(delay_ms),
      [this, tick] {
        if (tick) evaluate_soon(kTickMs);
        due_ = due_ && tick;
        pace_.time([this] { evaluate(); });
      },
      timers_);
}

HealthTree ReadyWait::seen(const Wait& wait) const {
  const View& view = *views_.back();
  HealthTree tree = view.tree(*wait.object);
  const Json* const live = view.find(*wait.object);
  if (live == nullptr ||
      number_at(*live, {"metadata", "generation"}).value_or(wait.generation) >= wait.generation) {
    return tree;
  }
  tree.health = in_progress("the change has yet to be seen");
  return tree;
}

void ReadyWait::evaluate() {
  std::vector<size_t> keys;
  for (const auto& [key, wait] : waits_) {
    trees_.insert_or_assign(key, seen(wait));
    keys.push_back(key);
  }
  if (on_health_) {
    std::vector<HealthTree> trees;
    for (const auto& [key, tree] : trees_) trees.push_back(tree);
    on_health_(trees);
  }
  for (const size_t key : keys) {  // ending one may begin or abandon others
    const auto it = waits_.find(key);
    if (it != waits_.end() && !it->second.asking) judge(key, it->second, trees_.at(key));
  }
}

void ReadyWait::judge(size_t key, Wait& wait, const HealthTree& tree) {
  const Clock::time_point now = Clock::now();
  if (tree.health.state == Health::kCurrent) return finish(key, Ok{});
  if (const Error* const problem = views_.back()->problem(*wait.object)) {
    return finish(key, *problem);
  }
  if (tree.health.state != Health::kFailed) wait.failed_since.reset();
  if (tree.health.state == Health::kFailed && tree.health.patience_s != HealthReport::kForEver) {
    if (!wait.failed_since) wait.failed_since = now;
    if (now - *wait.failed_since >= std::chrono::seconds(tree.health.patience_s)) {
      return give_up(key, tree);
    }
  }
  if (now >= wait.deadline) give_up(key, tree);
}

void ReadyWait::give_up(size_t key, const HealthTree& tree) {
  Wait& wait = waits_.at(key);
  wait.asking = true;
  const bool in_time = Clock::now() < wait.deadline;
  const auto say = [this, key, id = wait.object->id, tree, in_time](const std::string& words) {
    finish(key, not_ready(id, tree, in_time, timeout_ms_, words));
  };
  const HealthTree* const pod = failed_pod(tree);
  if (pod == nullptr) return say("");
  for (const Json* const part : views_.back()->with_parts(*wait.object)) {
    if (object_id(*part) != pod->id) continue;
    return fetch_last_words(place_.client, pod->id.namespace_, *part, say);
  }
  say("");
}

void ReadyWait::finish(size_t key, Status status) {
  const auto it = waits_.find(key);
  if (it == waits_.end()) return;  // abandoned while its pod was asked
  const Done done = std::move(it->second.done);
  waits_.erase(it);
  done(std::move(status));
  rest_if_idle();
}

void ReadyWait::rest_if_idle() {
  if (!waits_.empty() || timers_ == nullptr) return;
  views_.back()->stop();
  timers_->cancel();
  timers_ = nullptr;
  due_ = false;
}

}  // namespace kfctl
