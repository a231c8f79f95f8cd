#include "cluster/adoption.h"

#include <memory>
#include <utility>

#include "cluster/session.h"

namespace kfctl {
namespace {

constexpr int kTries = 5;

Json replace(std::string_view path, Json value) {
  return Json::object({{"op", "replace"}, {"path", path}, {"value", std::move(value)}});
}

// One object on its way; keeps itself alive through the requests it has started.
class Adoption : public std::enable_shared_from_this<Adoption> {
 public:
  Adoption(KubeClient& client, const PlannedObject& planned, FormerOwner former,
           std::function<void(Status)> done)
      : client_(client), planned_(planned), former_(std::move(former)), done_(std::move(done)) {}

  void write(const Json& live) {
    const std::optional<Json> fields = taken_over_fields(live, former_.managers);
    if (!fields) return done_(Ok{});
    KubeRequest request;
    request.method = "PATCH";
    request.path = planned_.path();
    request.query = {{"fieldManager", std::string(kFieldManager)}};
    request.content_type = "application/json-patch+json";
    // The version makes the server refuse if the object is another by now.
    request.body = Json::array({replace("/metadata/managedFields", *fields),
                                replace("/metadata/resourceVersion",
                                        live.string_at({"metadata", "resourceVersion"}))})
                       .dump();
    request.repeatable = false;
    client_.start(std::move(request), [self = shared_from_this()](KubeAnswer answer) {
      if (answer.status_is(409) && ++self->tries_ < kTries) return self->read();
      if (answer.success()) return self->done_(Ok{});
      self->done_(self->client_.error_of(
          answer, "take over " + self->planned_.id.full_text() + " from " + self->former_.text));
    });
  }

 private:
  void read() {
    KubeRequest request;
    request.path = planned_.path();
    client_.start(std::move(request), [self = shared_from_this()](KubeAnswer answer) {
      const Result<Json> live = self->client_.parse(answer, "get " + self->planned_.id.full_text());
      if (!live.ok()) return self->done_(live.error());
      self->write(live.value());
    });
  }

  KubeClient& client_;
  const PlannedObject& planned_;
  FormerOwner former_;
  std::function<void(Status)> done_;
  int tries_ = 0;
};

}  // namespace

void adopt(const Workplace& place, const PlannedObject& planned, const Json& live,
           const FormerOwner& former, std::function<void(Status)> done) {
  std::make_shared<Adoption>(place.client, planned, former, std::move(done))->write(live);
}

}  // namespace kfctl
