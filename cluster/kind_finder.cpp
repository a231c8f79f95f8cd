#include "cluster/kind_finder.h"

#include "base/log.h"

namespace kfctl {
namespace {

constexpr int64_t kBelievedSeconds = 10 * 60;

}  // namespace

KindFinder::KindFinder(KubeClient& client, Files& files, const std::string& directory, Clock now)
    : client_(client), store_(files, directory), now_(std::move(now)) {}

Result<Discovery> KindFinder::find() {
  const std::optional<DiscoveryAnswers> kept = store_.read(client_.server());
  const int64_t age = kept ? now_() - kept->asked_at : -1;
  if (!kept || age < 0 || age >= kBelievedSeconds) return ask();
  is_kept_ = true;
  return discovery_of(*kept);
}

Result<Discovery> KindFinder::ask() {
  is_kept_ = false;
  KF_TRY(DiscoveryAnswers answers,
         ask_discovery(client_, store_.read(client_.server()).value_or(DiscoveryAnswers())));
  answers.asked_at = now_();
  Discovery found = discovery_of(answers);
  if (!found.stale().empty()) return found;
  const Status written = store_.write(client_.server(), answers);
  if (!written.ok()) log_info("not kept: " + written.error().message);
  return found;
}

std::string cache_directory(const Surroundings& around) {
  const std::string& cache = around.variable("XDG_CACHE_HOME");
  if (cache.starts_with('/')) return join_path(cache, "kfctl");
  return around.home.empty() ? "" : join_path(around.home, ".cache/kfctl");
}

}  // namespace kfctl
