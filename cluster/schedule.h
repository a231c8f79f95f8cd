// Schedule: walks a Graph. It is told how far each object has come and says which may begin and
// which never will, because something that they need has failed.
//
//     Schedule schedule(graph);
//     for (size_t i : schedule.take_startable()) begin(i);     // ... and when an answer came:
//     schedule.reach(i, Gate::kApplied);  or  schedule.fail(i);
//
// Pure: it sends nothing, and what it gives depends only on what it was told.
#pragma once

#include <cstddef>
#include <vector>

#include "cluster/graph.h"

namespace kfctl {

class Schedule {
 public:
  struct Skipped {
    size_t object;
    size_t because;  // the object that failed, which this one needs, directly or not
  };

  /// `graph` has no cycle and must outlive this.
  explicit Schedule(const Graph& graph);

  /// The objects that may begin now and were not given before, in their order.
  std::vector<size_t> take_startable();

  /// The object has come as far as `gate`. Telling less than before changes nothing.
  void reach(size_t object, Gate gate);

  /// The object comes no further than it was told to be: all that needs more of it is skipped.
  void fail(size_t object);

  /// The objects that were given up since the last call, in their order.
  std::vector<Skipped> take_skipped();

  /// True if something that was not given up waits for the object to come as far as `gate`.
  bool is_awaited(size_t object, Gate gate) const;

 private:
  enum class State : char { kWaiting, kStarted, kSkipped };
  struct Node {
    std::vector<Need> dependents;  // `node` needs this one
    size_t unmet = 0;
    int level = -1;  // the Gate it has reached, -1 for none
    State state = State::kWaiting;
  };

  void raise(size_t node, int level);
  void give_up_dependents(size_t node, size_t because);
  bool start_if_free(size_t node);  // true if it did

  size_t objects_;
  std::vector<Node> nodes_;
  std::vector<size_t> startable_;
  std::vector<Skipped> skipped_;
};

}  // namespace kfctl
