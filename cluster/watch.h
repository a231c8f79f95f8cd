// Watch: one collection of a server (the pods of a namespace) as it is now and as it changes.
//
// It lists, then follows a stream of changes from the version of the list. A stream that ends is
// taken up where it ended, after growing pauses if it broke off; one whose version the server has
// forgotten (410 Gone) begins with a new list, and what is missing there is gone. A server that
// lets us list but not watch is listed every other second.
//
// As KubeClient, whose run() calls it, it belongs to one thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "cluster/client.h"
#include "cluster/discovery.h"

namespace kfctl {

/// One line of a stream of changes.
struct WatchEvent {
  enum class Kind { kThere, kGone, kBookmark, kError };
  Kind kind = Kind::kError;
  Json object;   // for kBookmark only its version counts; for kError it is a Status
  int code = 0;  // of a kError: 410 if the version is too old
};

/// Reads a stream of lines. Pure; keeps what is left of a line until the rest of it comes.
class WatchDecoder {
 public:
  /// Calls `on_event` for each complete line. False if that line is no event, or one is too long:
  /// the stream is of no more use.
  bool feed(std::string_view piece, const std::function<void(WatchEvent event)>& on_event);

 private:
  std::string rest_;
};

class Watch {
 public:
  struct Events {
    /// An object came, changed (both are there) or went (`after` is null).
    std::function<void(const Json* before, const Json* after)> on_change;
    std::function<void()> on_listed;            // all there is was told: once for each list
    std::function<void(Error error)> on_error;  // cannot be listed; nothing more comes
  };

  /// `client` must outlive this, and this the client's run().
  Watch(KubeClient& client, ResourceInfo resource, std::string namespace_, Events events);

  /// Begins. Without `follow` it only lists.
  void start(bool follow);
  void stop();

  /// By "NAMESPACE/NAME".
  const std::map<std::string, Json>& objects() const { return objects_; }

 private:
  void list(const std::string& from);
  void take_page(Json& page);
  void finish_list(const Json& page);
  void list_later();
  void follow();
  void take(WatchEvent event);
  void ended(const KubeAnswer& answer);
  void again(bool relist);
  void put(Json object);
  void drop(const std::string& key);

  KubeClient& client_;
  ResourceInfo resource_;
  std::string namespace_;
  Events events_;
  std::map<std::string, Json> objects_;
  std::set<std::string> listed_;  // while a list is coming in
  std::string version_;           // where the stream goes on
  std::shared_ptr<CancelToken> stop_ = std::make_shared<CancelToken>();
  std::shared_ptr<CancelToken> stream_stop_;
  WatchDecoder decoder_;
  bool following_ = false;
  bool expired_ = false;     // the server has forgotten version_
  bool progressed_ = false;  // the stream has brought something
  int failures_ = 0;         // streams in a row that broke off
};

}  // namespace kfctl
