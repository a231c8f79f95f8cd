// How many requests may be in flight to one server at once: a window that follows what the server
// can take, as TCP's congestion window follows the network.
//
// It begins at kFirst and is looked at once in a round, that is after as many answers as it is
// wide.
// - Latency, as in TCP Vegas (Brakmo and Peterson, 1995): where the shortest answer to requests of
// a
//   kind took `base` and those of this round took `took`, the share 1 - base / took of their time
//   was spent in a queue, so size * share of them were waiting at any moment. While fewer than
//   kShortQueue do, a wider window is of use: it doubles at first (slow start, RFC 5681) and later
//   grows by one. When more than kLongQueue do, the server is busy without so many: the window
//   shrinks by an eighth. A slow answer need not be one that waited, but no more can wait than are
//   in flight: latency alone never takes the window far below kLongQueue.
// - Refusal (429, 5xx, no answer in time, a connection that broke off): the window is halved, once
//   for all the requests that were under way together (additive increase, multiplicative decrease:
//   Chiu and Jain, 1989). At kLeast it closes for the time that Retry-After asked for: then a few
//   requests find out whether the trouble is over, instead of all that wait.
//
// Pure: it learns the time from its caller. It belongs to one thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>

namespace kfctl {

class HttpWindow {
 public:
  using Clock = std::chrono::steady_clock;

  static constexpr size_t kFirst = 32;
  static constexpr size_t kLeast = 4;
  static constexpr double kShortQueue = 8;
  static constexpr double kLongQueue = 24;
  /// One kind of request may be refused and the others not: they are not held up longer than this.
  static constexpr std::chrono::milliseconds kLongestPause{5'000};

  /// Never wider than `most`, and at least 1.
  explicit HttpWindow(size_t most);

  size_t size() const { return size_; }

  /// True if a request may begin while `in_flight` others are under way.
  bool admits(size_t in_flight, Clock::time_point now) const {
    return in_flight < size_ && now >= closed_until_;
  }

  /// Until then it admits nothing, however few are in flight.
  Clock::time_point closed_until() const { return closed_until_; }

  /// For `refused`: to be kept with each request from its beginning.
  int cuts() const { return cuts_; }

  /// An answer came after `took`, from the last byte sent to the first received. `full`: as many
  /// were in flight as were admitted; else it is not known that more would do.
  void answered(const std::string& kind, Clock::duration took, bool full);

  /// The server could not take a request that began when cuts() was `cuts`; it `asked` for so much
  /// time, or 0.
  void refused(int cuts, Clock::time_point now, Clock::duration asked);

 private:
  void end_round();

  size_t most_;
  size_t size_;
  bool slow_start_ = true;
  int cuts_ = 0;
  Clock::time_point closed_until_;
  std::map<std::string, Clock::duration> base_;  // of each kind, the shortest seen
  // This round so far.
  size_t answers_ = 0;
  double share_waited_ = 0;  // the sum of their shares
  bool was_full_ = false;
};

}  // namespace kfctl
