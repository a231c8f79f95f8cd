#include "cluster/kind_store.h"

#include <algorithm>
#include <set>
#include <vector>

#include "base/hash.h"

namespace kfctl {
namespace {

constexpr int kFormat = 2;
constexpr int64_t kForgottenSeconds = int64_t{30} * 24 * 3600;

int64_t asked_at(const Json& server) {
  const Json* const time = server.find("askedAt");
  return time != nullptr && time->is_int() ? time->as_int() : -1;
}

std::vector<std::string> document_hashes(const Json& server) {
  std::vector<std::string> out;
  const Json* const hashes = server.find("documents");
  if (hashes == nullptr || !hashes->is_array()) return out;
  for (const Json& hash : hashes->items()) {
    out.push_back(hash.is_string() ? hash.as_string() : "");
  }
  return out;
}

}  // namespace

std::string KindStore::server_path(const std::string& server) const {
  return join_path(directory_, "discovery/" + sha256_hex(server).substr(0, 32) + ".json");
}

std::string KindStore::document_path(const std::string& hash) const {
  return join_path(directory_, "documents/" + hash + ".json");
}

std::optional<Json> KindStore::read_json(const std::string& path) const {
  if (!files_.is_file(path)) return std::nullopt;
  const Result<std::string> text = files_.read(path);
  if (!text.ok()) return std::nullopt;
  Result<Json> parsed = parse_json(text.value(), path);
  if (!parsed.ok()) return std::nullopt;
  return std::move(parsed).value();
}

std::optional<DiscoveryAnswers> KindStore::answers_of(const Json& server) const {
  const Json* const format = server.find("format");
  if (format == nullptr || !(*format == Json(kFormat)) || asked_at(server) < 0) return std::nullopt;
  DiscoveryAnswers out;
  out.asked_at = asked_at(server);
  out.core_etag = server.string_at({"coreETag"});
  out.groups_etag = server.string_at({"groupsETag"});
  for (const std::string& hash : document_hashes(server)) {
    const std::string path = document_path(hash);
    if (!files_.is_file(path)) return std::nullopt;
    const Result<std::string> text = files_.read(path);
    if (!text.ok() || sha256_hex(text.value()) != hash) return std::nullopt;
    Result<Json> document = parse_json(text.value(), path);
    if (!document.ok()) return std::nullopt;
    out.documents.push_back(std::move(document).value());
  }
  if (out.documents.empty()) return std::nullopt;
  return out;
}

std::optional<DiscoveryAnswers> KindStore::read(const std::string& server) const {
  if (directory_.empty()) return std::nullopt;
  const std::optional<Json> kept = read_json(server_path(server));
  if (!kept || kept->string_at({"server"}) != server) return std::nullopt;
  return answers_of(*kept);
}

Status KindStore::write(const std::string& server, const DiscoveryAnswers& answers) {
  if (directory_.empty()) return Ok{};
  std::vector<FileWrite> writes;
  Json hashes = Json::array();
  for (const Json& document : answers.documents) {
    std::string text = document.dump();
    const std::string hash = sha256_hex(text);
    const std::string path = document_path(hash);
    hashes.push_back(hash);
    // One that is there may be damaged: to write it again is cheaper than to look.
    writes.push_back({path, std::move(text)});
  }
  const Json file = Json::object({{"format", kFormat},
                                  {"server", server},
                                  {"askedAt", answers.asked_at},
                                  {"coreETag", answers.core_etag},
                                  {"groupsETag", answers.groups_etag},
                                  {"documents", std::move(hashes)}});
  writes.push_back({server_path(server), file.dump()});  // the last: what it names is there
  KF_DO(files_.write_all(writes));
  clean(answers.asked_at);
  return Ok{};
}

// Another program may be about to refer to what goes: it then finds it missing, and asks.
void KindStore::clean(int64_t now) {
  const std::string servers = join_path(directory_, "discovery");
  const std::string documents = join_path(directory_, "documents");
  std::set<std::string> used;
  const Result<std::vector<std::string>> names = files_.list(servers);
  if (!names.ok()) return;
  for (const std::string& name : names.value()) {
    const std::string path = join_path(servers, name);
    const std::optional<Json> server = read_json(path);
    if (server && now - asked_at(*server) > kForgottenSeconds) {
      if (!files_.remove(path).ok()) return;
    } else if (server) {
      for (const std::string& hash : document_hashes(*server)) used.insert(hash + ".json");
    }
  }
  const Result<std::vector<std::string>> kept = files_.list(documents);
  if (!kept.ok()) return;
  for (const std::string& name : kept.value()) {
    // What is being written beside its place has another ending.
    if (name.ends_with(".json") && !used.contains(name) &&
        !files_.remove(join_path(documents, name)).ok()) {
      return;
    }
  }
}

}  // namespace kfctl
