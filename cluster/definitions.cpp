#include "cluster/definitions.h"

#include <algorithm>
#include <memory>

namespace kfctl {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kPollMs = 100;

// True if the definition has the condition `type` with status `wanted`.
bool has_condition(const Json& object, std::string_view type, std::string_view wanted) {
  const Json* const conditions = object.at({"status", "conditions"});
  if (conditions == nullptr || !conditions->is_array()) return false;
  return std::any_of(
      conditions->items().begin(), conditions->items().end(), [&](const Json& condition) {
        return condition.string_at({"type"}) == type && condition.string_at({"status"}) == wanted;
      });
}

Error names_taken(const ObjectId& id) {
  return Error(ErrorKind::kCluster,
               id.full_text() + ": the cluster has another kind of one of its names",
               "see its conditions: kubectl describe crd " + id.name);
}

}  // namespace

void DefinitionWait::start(const PlannedObject& definition, std::vector<const PlannedObject*> users,
                           Done done) {
  const auto deadline = Clock::now() + std::chrono::milliseconds(timeout_ms_);
  poll_definition(
      std::make_shared<Wait>(Wait{definition, std::move(users), deadline, std::move(done)}), 0);
}

void DefinitionWait::poll_definition(std::shared_ptr<Wait> wait, int delay_ms) {
  KubeRequest request;
  request.path = wait->definition.path();
  const auto answered = [this, wait](KubeAnswer answer) {
    const Result<Json> body =
        place_.client.parse(answer, "wait for " + wait->definition.id.full_text());
    if (!body.ok()) return wait->done(body.error());
    if (has_condition(body.value(), "Established", "True")) return poll_kinds(wait, 0);
    if (has_condition(body.value(), "NamesAccepted", "False")) {
      return wait->done(names_taken(wait->definition.id));
    }
    if (Clock::now() >= wait->deadline) return wait->done(not_served(*wait));
    poll_definition(wait, kPollMs);
  };
  place_.client.start(std::move(request), answered, delay_ms);
}

// One version of its group after the other, until none is left.
void DefinitionWait::poll_kinds(std::shared_ptr<Wait> wait, int delay_ms) {
  if (wait->users.empty()) return wait->done(Ok{});
  const std::string version = wait->users[0]->id.api_version;
  KubeRequest request;
  request.path = "/apis/" + version;
  const auto answered = [this, wait, version](KubeAnswer answer) {
    Discovery found;
    const Result<Json> body = place_.client.parse(answer, "ask for the kinds of " + version);
    if (body.ok()) found.add_resource_list(body.value());
    if (!body.ok() && !answer.status_is(404)) return wait->done(body.error());
    const size_t before = wait->users.size();
    std::erase_if(wait->users, [&](const PlannedObject* user) {
      return found.find(user->id.api_version, user->id.kind) != nullptr;
    });
    if (wait->users.size() < before) return poll_kinds(wait, 0);
    if (Clock::now() >= wait->deadline) return wait->done(not_served(*wait));
    poll_kinds(wait, kPollMs);
  };
  place_.client.start(std::move(request), answered, delay_ms);
}

Error DefinitionWait::not_served(const Wait& wait) const {
  const ObjectId& id = wait.users.empty() ? wait.definition.id : wait.users[0]->id;
  return Error(ErrorKind::kCluster,
               id.full_text() + ": its kind is not served after " +
                   std::to_string(timeout_ms_ / 1000) + " s",
               "see the conditions of its CustomResourceDefinition, then apply again");
}

}  // namespace kfctl
