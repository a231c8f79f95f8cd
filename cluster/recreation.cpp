#include "cluster/recreation.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

namespace kfctl {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kPollMs = 200;

class Removal : public std::enable_shared_from_this<Removal> {
 public:
  Removal(KubeClient& client, const PlannedObject& planned, std::string uid, int timeout_ms,
          std::function<void(Status)> done)
      : client_(client),
        planned_(planned),
        uid_(std::move(uid)),
        deadline_(Clock::now() + std::chrono::milliseconds(timeout_ms)),
        done_(std::move(done)) {}

  void start() {
    const Json options = Json::object({{"apiVersion", "v1"},
                                       {"kind", "DeleteOptions"},
                                       {"propagationPolicy", "Background"},
                                       {"preconditions", Json::object({{"uid", uid_}})}});
    KubeRequest request;
    request.method = "DELETE";
    request.path = planned_.path();
    request.content_type = "application/json";
    request.body = options.dump();
    client_.start(std::move(request), [self = shared_from_this()](KubeAnswer answer) {
      if (answer.status_is(404)) return self->done_(Ok{});
      if (answer.success()) return self->poll();
      self->done_(self->client_.error_of(answer, "recreate " + self->planned_.id.full_text()));
    });
  }

 private:
  void poll() {
    KubeRequest request;
    request.path = planned_.path();
    client_.start(
        std::move(request),
        [self = shared_from_this()](KubeAnswer answer) {
          if (answer.status_is(404)) return self->done_(Ok{});
          const Result<Json> body =
              self->client_.parse(answer, "wait for " + self->planned_.id.full_text());
          if (!body.ok()) return self->done_(body.error());
          if (body.value().string_at({"metadata", "uid"}) != self->uid_) return self->done_(Ok{});
          if (Clock::now() >= self->deadline_) return self->done_(self->not_gone(body.value()));
          self->poll();
        },
        kPollMs);
  }

  Error not_gone(const Json& object) const {
    const Json* const finalizers = object.at({"metadata", "finalizers"});
    return Error(ErrorKind::kCluster,
                 planned_.id.full_text() + ": was deleted to be created anew, but is not gone yet" +
                     (finalizers == nullptr ? "" : "; it waits for " + finalizers->dump()),
                 "once it is gone, apply again");
  }

  KubeClient& client_;
  const PlannedObject& planned_;
  std::string uid_;
  Clock::time_point deadline_;
  std::function<void(Status)> done_;
};

}  // namespace

bool may_recreate(const ObjectId& id, const std::vector<std::string>& allowed) {
  const auto names = [&allowed](const std::string& text) {
    return std::find(allowed.begin(), allowed.end(), text) != allowed.end();
  };
  return names(id.text()) || (names("all") && !holds_data(id));
}

void delete_to_recreate(const Workplace& place, const PlannedObject& planned,
                        const std::string& uid, int timeout_ms, std::function<void(Status)> done) {
  std::make_shared<Removal>(place.client, planned, uid, timeout_ms, std::move(done))->start();
}

}  // namespace kfctl
