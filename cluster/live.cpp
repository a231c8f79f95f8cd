#include "cluster/live.h"

#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "cluster/api_error.h"

namespace kfctl {
namespace {

// Up to this many objects of one kind are cheaper to get one by one than by a LIST, which brings
// all others of the kind too.
constexpr size_t kMaxGets = 4;
constexpr const char* kPage = "500";

// We may not; or the webhook that converts the objects does not answer, which this very apply may
// be about to mend.
bool cannot_look(const KubeAnswer& answer) {
  return answer.status_is(403) || (!answer.failure && is_webhook_failure(answer.http));
}

class Fetcher {
 public:
  Fetcher(KubeClient& client, const std::vector<PlannedObject>& objects)
      : client_(client), objects_(objects), live_(objects.size()) {}

  Result<std::vector<LiveObject>> run() {
    std::map<std::string, std::vector<size_t>> groups;  // by path of their collection
    for (size_t i = 0; i < objects_.size(); ++i) {
      if (objects_[i].kind_pending) continue;
      groups[objects_[i].resource.collection_path(objects_[i].id.namespace_)].push_back(i);
    }
    for (const auto& [path, wanted] : groups) {
      if (wanted.size() <= kMaxGets) {
        for (const size_t i : wanted) get(i);
      } else {
        list(path, wanted, "");
      }
    }
    client_.run();
    if (error_) return *error_;
    return std::move(live_);
  }

 private:
  void get(size_t i) {
    KubeRequest request;
    request.path = objects_[i].path();
    client_.start(std::move(request), [this, i](KubeAnswer answer) {
      // The server says who is not there; without a word the path is not, and so the kind.
      if (answer.status_is(404) && parse_status(answer.http).reason == "NotFound") return;
      if (cannot_look(answer)) {
        live_[i].state = LiveObject::State::kUnknown;
        return;
      }
      Result<Json> body =
          client_.parse_object(answer, objects_[i].id.name, "get " + objects_[i].id.text());
      if (!body.ok()) return fail(body.error());
      live_[i] = {LiveObject::State::kPresent, std::move(body).value()};
    });
  }

  void list(const std::string& path, std::vector<size_t> wanted, const std::string& from) {
    KubeRequest request;
    request.path = path;
    request.query = {{"limit", kPage}};
    if (!from.empty()) request.query.emplace_back("continue", from);
    client_.start(std::move(request), [this, path, wanted = std::move(wanted)](KubeAnswer answer) {
      // The right to get may be there without that to list, and not every object be converted.
      if (cannot_look(answer)) {
        for (const size_t i : wanted) get(i);
        return;
      }
      const ResourceInfo& resource = objects_[wanted[0]].resource;
      Result<Json> body = client_.parse_list(answer, "list " + resource.resource);
      if (!body.ok()) return fail(body.error());
      take_page(body.value(), wanted, resource);
      const std::string next(body.value().string_at({"metadata", "continue"}));
      if (!next.empty()) list(path, wanted, next);
    });
  }

  void take_page(Json& page, const std::vector<size_t>& wanted, const ResourceInfo& resource) {
    Json* const items = page.find("items");
    if (items == nullptr || !items->is_array()) return;
    std::map<std::string_view, size_t> by_name;
    for (const size_t i : wanted) by_name[objects_[i].id.name] = i;
    for (Json& item : items->items()) {
      const auto it = by_name.find(item.string_at({"metadata", "name"}));
      if (it == by_name.end()) continue;
      // Items of a list do not say what they are.
      item["apiVersion"] = resource.api_version;
      item["kind"] = resource.kind;
      live_[it->second] = {LiveObject::State::kPresent, std::move(item)};
    }
  }

  void fail(Error error) {
    if (!error_) error_ = std::move(error);
  }

  KubeClient& client_;
  const std::vector<PlannedObject>& objects_;
  std::vector<LiveObject> live_;
  std::optional<Error> error_;
};

}  // namespace

Result<std::vector<LiveObject>> fetch_live(KubeClient& client,
                                           const std::vector<PlannedObject>& objects) {
  return Fetcher(client, objects).run();
}

NamespaceLookup::NamespaceLookup(KubeClient& client, const std::set<std::string>& names) {
  for (const std::string& name : names) {
    KubeRequest request;
    request.path = "/api/v1/namespaces/" + name;
    client.start(std::move(request), [this, &client, name](KubeAnswer answer) {
      if (answer.status_is(404)) {
        missing_.insert(name);
      } else if (!answer.success() && !answer.status_is(403) && !error_) {
        error_ = client.error_of(answer, "get Namespace/" + name);
      }
    });
  }
}

Result<std::set<std::string>> NamespaceLookup::missing() const {
  if (error_) return *error_;
  return missing_;
}

}  // namespace kfctl
