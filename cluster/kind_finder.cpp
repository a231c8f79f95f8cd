#include "cluster/kind_finder.h"

#include "base/hash.h"
#include "base/log.h"

namespace kfctl {
namespace {

constexpr int kFormat = 1;
constexpr int64_t kBelievedSeconds = 10 * 60;

}  // namespace

KindFinder::KindFinder(KubeClient& client, Files& files, const std::string& directory, Clock now)
    : client_(client), files_(files), now_(std::move(now)) {
  if (directory.empty()) return;
  path_ = join_path(directory, "discovery/" + sha256_hex(client.server()).substr(0, 32) + ".json");
}

Result<Discovery> KindFinder::find() {
  const std::optional<DiscoveryAnswers> kept = read();
  const int64_t age = kept ? now_() - kept->asked_at : -1;
  if (!kept || age < 0 || age >= kBelievedSeconds) return ask();
  is_kept_ = true;
  return discovery_of(*kept);
}

Result<Discovery> KindFinder::ask() {
  is_kept_ = false;
  KF_TRY(DiscoveryAnswers answers, ask_discovery(client_, read().value_or(DiscoveryAnswers())));
  answers.asked_at = now_();
  Discovery found = discovery_of(answers);
  if (found.stale().empty()) write(answers);
  return found;
}

std::optional<DiscoveryAnswers> KindFinder::read() const {
  if (path_.empty() || !files_.is_file(path_)) return std::nullopt;
  const Result<std::string> text = files_.read(path_);
  if (!text.ok()) return std::nullopt;
  Result<Json> parsed = parse_json(text.value(), path_);
  if (!parsed.ok()) return std::nullopt;
  Json& file = parsed.value();
  const Json* const format = file.find("format");
  const Json* const asked_at = file.find("askedAt");
  Json* const documents = file.find("documents");
  if (format == nullptr || !(*format == Json(kFormat)) || asked_at == nullptr ||
      !asked_at->is_int() || documents == nullptr || !documents->is_array() ||
      file.string_at({"server"}) != client_.server()) {
    return std::nullopt;
  }
  DiscoveryAnswers out;
  out.asked_at = asked_at->as_int();
  out.core_etag = file.string_at({"coreETag"});
  out.groups_etag = file.string_at({"groupsETag"});
  out.documents = std::move(documents->items());
  return out;
}

void KindFinder::write(const DiscoveryAnswers& answers) {
  if (path_.empty()) return;
  const Json file = Json::object({{"format", kFormat},
                                  {"server", client_.server()},
                                  {"askedAt", answers.asked_at},
                                  {"coreETag", answers.core_etag},
                                  {"groupsETag", answers.groups_etag},
                                  {"documents", answers.documents}});
  const Status written = files_.write(path_, file.dump());
  if (!written.ok()) log_info("not kept: " + written.error().message);
}

std::string cache_directory(const Surroundings& around) {
  const std::string& cache = around.variable("XDG_CACHE_HOME");
  if (cache.starts_with('/')) return join_path(cache, "kfctl");
  return around.home.empty() ? "" : join_path(around.home, ".cache/kfctl");
}

}  // namespace kfctl
