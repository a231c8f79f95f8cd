#include "cluster/set_parent.h"

#include <algorithm>
#include <optional>

#include "cluster/situation.h"

namespace kfctl {
namespace {

constexpr std::string_view kSetManager = "kfctl-applyset";
constexpr int kMostTries = 8;
constexpr int kFirstPauseMs = 100;

bool includes(const ApplySetScope& whole, const ApplySetScope& part) {
  const auto within = [](const std::set<std::string>& all, const std::set<std::string>& some) {
    return std::includes(all.begin(), all.end(), some.begin(), some.end());
  };
  return within(whole.kinds, part.kinds) && within(whole.namespaces, part.namespaces);
}

class ParentWriter {
 public:
  ParentWriter(KubeClient& client, ApplySet& set) : client_(client), set_(set) {}

  Status widen(const ApplySetScope& scope) {
    while (!set_.exists || !includes(set_.recorded, scope)) {
      ApplySetScope both = set_.recorded;
      both.add(scope);
      KF_TRY(const bool written, write(both));
      if (!written) KF_DO(read_again());
    }
    return Ok{};
  }

  Status narrow(const ApplySetScope& scope) {
    while (!set_.exists || !(set_.recorded == scope)) {
      const std::string version = set_.resource_version;
      KF_TRY(const bool written, write(scope));
      if (written) return Ok{};
      KF_DO(read_again());
      const bool others = set_.resource_version != version && !(set_.recorded == scope);
      if (others) return widen(scope);
    }
    return Ok{};
  }

 private:
  // False if it was not written, as far as one knows: it has moved on, or the answer was lost.
  Result<bool> write(const ApplySetScope& scope) {
    Json parent = apply_set_parent(set_, scope);
    if (set_.exists) parent["metadata"]["resourceVersion"] = set_.resource_version;
    KubeRequest request = apply_request(set_.path(), parent, true, false, kSetManager);
    request.repeatable = false;  // sent again as it is, it would collide with itself
    KubeAnswer answer;
    client_.start(
        std::move(request), [&answer](KubeAnswer got) { answer = std::move(got); }, pause_ms());
    client_.run();
    const std::string what = "record the apply set Secret/" + set_.name;
    if (answer.status_is(403)) {
      set_.refused = client_.error_of(answer, what);
      return *set_.refused;
    }
    const Result<Json> body = client_.parse_object(answer, set_.name, what);
    if (!body.ok()) {
      if (is_final(answer) || ++tries_ == kMostTries) return body.error();
      return false;
    }
    set_.exists = true;
    set_.uid = body.value().string_at({"metadata", "uid"});
    set_.recorded = scope;
    set_.resource_version = body.value().string_at({"metadata", "resourceVersion"});
    return true;
  }

  bool is_final(const KubeAnswer& answer) const {
    const int status = answer.http.status;
    return answer.failure || client_.cancel().cancelled() ||
           (status >= 400 && status < 500 && status != 409);
  }

  Status read_again() {
    KF_TRY(set_, fetch_apply_set(client_, set_.name, set_.namespace_));
    return set_.refused ? Status(*set_.refused) : Status(Ok{});
  }

  int pause_ms() const { return tries_ == 0 ? 0 : kFirstPauseMs << (tries_ - 1); }

  KubeClient& client_;
  ApplySet& set_;
  int tries_ = 0;
};

}  // namespace

Status widen_parent(KubeClient& client, ApplySet& set, const ApplySetScope& scope) {
  return ParentWriter(client, set).widen(scope);
}

Status narrow_parent(KubeClient& client, ApplySet& set, const ApplySetScope& scope) {
  return ParentWriter(client, set).narrow(scope);
}

}  // namespace kfctl
