// The rules of single kinds, for health.cpp's table; and what they share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "cluster/health.h"

namespace kfctl {

HealthReport deployment_health(const Json& object, const HealthContext& context);
HealthReport stateful_set_health(const Json& object, const HealthContext& context);
HealthReport daemon_set_health(const Json& object, const HealthContext& context);
HealthReport replica_set_health(const Json& object, const HealthContext& context);
HealthReport job_health(const Json& object, const HealthContext& context);
HealthReport pod_health(const Json& object, const HealthContext& context);

inline HealthReport current(std::string message = "") {
  return {Health::kCurrent, std::move(message)};
}
inline HealthReport in_progress(std::string message) {
  return {Health::kInProgress, std::move(message)};
}
inline HealthReport failed(std::string message, int patience_s = 0) {
  return {Health::kFailed, std::move(message), patience_s};
}

/// The items of a list, or none if there is no list.
const Json::Array& list_at(const Json& object, std::initializer_list<std::string_view> path);

/// The condition of that type in status.conditions, or nullptr.
const Json* find_condition(const Json& object, std::string_view type);
/// Its status is "True".
bool is_true(const Json* condition);
/// "Reason: message", or as much of it as there is.
std::string reason_of(const Json& condition);

/// The whole number at `path`, or nothing.
std::optional<int64_t> number_at(const Json& object, std::initializer_list<std::string_view> path);

/// Seconds since metadata.creationTimestamp; a large number if it cannot be read.
int64_t age_of(const Json& object, const HealthContext& context);

}  // namespace kfctl
