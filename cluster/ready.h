// Waiting until objects are ready, or until it is clear that they will not be.
//
// Ready is Health::kCurrent, seen of a version no older than the one that we sent: a watch may lag
// behind an apply, and the object before it was ready too. Waiting ends early when the health is
// kFailed for longer than its patience, and then brings the last lines that the pod at fault has
// written.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cluster/pace.h"
#include "cluster/view.h"

namespace kfctl {

class ReadyWait {
 public:
  using Done = std::function<void(Status status)>;
  using OnHealth = std::function<void(const std::vector<HealthTree>& trees)>;

  /// All three must outlive this, and this the client's run().
  ReadyWait(const Workplace& place, const Discovery& discovery, int timeout_ms)
      : place_(place), discovery_(discovery), timeout_ms_(timeout_ms) {}

  /// Hears of everything that is waited for, in the order of the keys, when it changes.
  void set_on_health(OnHealth on_health) { on_health_ = std::move(on_health); }

  /// Waits for `object`, for the timeout at most; `done` is called once, from the client's run().
  /// `applied` is its last known form, or null. `key` tells waits apart; one that is used already
  /// is not used again. `object` must outlive this.
  /// Errors: kCluster with why it is not ready; of the server if it may not be looked at.
  void start(size_t key, const PlannedObject& object, const Json& applied, Done done);

  /// Ends those waits for which `which(key)` is true, without a word. Says how many they were.
  size_t abandon(const std::function<bool(size_t key)>& which);

  /// Ends all that is left with kInterrupted: to be called after a run() that was cancelled.
  void interrupt();

 private:
  using Clock = std::chrono::steady_clock;
  struct Wait {
    const PlannedObject* object;
    int64_t generation;
    Done done;
    Clock::time_point deadline;
    std::optional<Clock::time_point> failed_since;
    bool asking = false;  // for the log of a pod: the verdict is reached
  };

  void evaluate_soon(int delay_ms);
  void evaluate();
  void judge(size_t key, Wait& wait, const HealthTree& tree);
  void give_up(size_t key, const HealthTree& tree);
  void finish(size_t key, Status status);
  void rest_if_idle();
  HealthTree seen(const Wait& wait) const;

  const Workplace& place_;
  const Discovery& discovery_;
  int timeout_ms_;
  OnHealth on_health_;
  std::map<size_t, Wait> waits_;
  std::map<size_t, HealthTree> trees_;        // of the waits, the ones that are over too
  std::vector<std::unique_ptr<View>> views_;  // the last one is in use unless it is at rest
  std::shared_ptr<CancelToken> timers_;
  bool due_ = false;
  Pace pace_;
};

/// The last lines of what a failed pod has written, one request; "" if there is nothing to read.
/// Each line is free of control characters and begins with "  | ".
void fetch_last_words(KubeClient& client, const std::string& namespace_, const Json& pod,
                      std::function<void(std::string words)> done);

}  // namespace kfctl
