#include "cluster/watch.h"

#include <algorithm>
#include <vector>

namespace kfctl {
namespace {

constexpr const char* kPage = "500";
constexpr const char* kStreamSeconds = "60";  // the server ends the stream then
constexpr int kStreamMs = 75'000;             // one that has not ended then is dead
constexpr size_t kMaxLine = size_t{64} << 20;
constexpr int kFirstPauseMs = 100;
constexpr int kMaxPauseMs = 5'000;
constexpr int kPollMs = 2'000;  // where watching is forbidden, or the kind is yet to come

std::string key_of(const Json& object) {
  return std::string(object.string_at({"metadata", "namespace"})) + "/" +
         std::string(object.string_at({"metadata", "name"}));
}

WatchEvent::Kind kind_of(std::string_view type) {
  if (type == "ADDED" || type == "MODIFIED") return WatchEvent::Kind::kThere;
  if (type == "DELETED") return WatchEvent::Kind::kGone;
  return type == "BOOKMARK" ? WatchEvent::Kind::kBookmark : WatchEvent::Kind::kError;
}

}  // namespace

bool WatchDecoder::feed(std::string_view piece,
                        const std::function<void(WatchEvent event)>& on_event) {
  while (!piece.empty()) {
    const size_t end = piece.find('\n');
    rest_ += piece.substr(0, end);
    if (rest_.size() > kMaxLine) return false;
    if (end == std::string_view::npos) return true;
    piece.remove_prefix(end + 1);
    const std::string line = std::exchange(rest_, "");
    if (line.empty()) continue;
    Result<Json> parsed = parse_json(line, "watch");
    if (!parsed.ok()) return false;
    Json* const object = parsed.value().find("object");
    if (object == nullptr || !object->is_object()) return false;
    WatchEvent event;
    event.kind = kind_of(parsed.value().string_at({"type"}));
    if (const Json* const code = object->find("code"); code != nullptr && code->is_int()) {
      event.code = static_cast<int>(std::clamp<int64_t>(code->as_int(), 0, 999));
    }
    event.object = std::move(*object);
    on_event(std::move(event));
  }
  return true;
}

Watch::Watch(KubeClient& client, ResourceInfo resource, std::string namespace_in, Events events)
    : client_(client),
      resource_(std::move(resource)),
      namespace_(std::move(namespace_in)),
      events_(std::move(events)) {}

void Watch::start(bool follow) {
  following_ = follow;
  list("");
}

void Watch::stop() {
  stop_->cancel();
  if (stream_stop_ != nullptr) stream_stop_->cancel();
}

// ---- the list

void Watch::list(const std::string& from) {
  if (from.empty()) listed_.clear();
  KubeRequest request;
  request.path = resource_.collection_path(namespace_);
  request.query = {{"limit", kPage}};
  if (!from.empty()) request.query.emplace_back("continue", from);
  request.stop = stop_;
  client_.start(std::move(request), [this, paged = !from.empty()](KubeAnswer answer) {
    if (stop_->cancelled()) return;
    if (answer.status_is(410) && paged) return list("");  // the list is older than the server keeps
    if (answer.status_is(404)) return finish_list(Json());  // there is no such kind any more
    Result<Json> page = client_.parse_list(answer, "list " + resource_.resource);
    if (!page.ok()) return events_.on_error(page.error());
    take_page(page.value());
    const std::string next(page.value().string_at({"metadata", "continue"}));
    next.empty() ? finish_list(page.value()) : list(next);
  });
}

void Watch::take_page(Json& page) {
  Json* const items = page.find("items");
  if (items == nullptr || !items->is_array()) return;
  for (Json& item : items->items()) {
    // Items of a list do not say what they are.
    item["apiVersion"] = resource_.api_version;
    item["kind"] = resource_.kind;
    listed_.insert(key_of(item));
    put(std::move(item));
  }
}

void Watch::finish_list(const Json& page) {
  version_ = page.string_at({"metadata", "resourceVersion"});
  std::vector<std::string> gone;
  for (const auto& [key, object] : objects_) {
    if (!listed_.contains(key)) gone.push_back(key);
  }
  for (const std::string& key : gone) drop(key);
  events_.on_listed();
  if (!following_ || stop_->cancelled()) return;
  version_.empty() ? list_later() : follow();
}

// Where there is nothing to watch, or not for us.
void Watch::list_later() {
  client_.after(
      kPollMs, [this] { list(""); }, stop_);
}

// ---- the stream

void Watch::follow() {
  decoder_ = {};
  progressed_ = false;
  stream_stop_ = std::make_shared<CancelToken>();
  KubeRequest request;
  request.path = resource_.collection_path(namespace_);
  request.query = {{"watch", "true"},
                   {"allowWatchBookmarks", "true"},
                   {"resourceVersion", version_},
                   {"timeoutSeconds", kStreamSeconds}};
  request.stop = stream_stop_;
  request.on_body = [this](std::string_view piece) {
    const bool usable = decoder_.feed(piece, [this](WatchEvent event) { take(std::move(event)); });
    return usable && !stop_->cancelled();
  };
  // A connection that died without a word would be listened to for ever.
  client_.after(
      kStreamMs, [stream = stream_stop_] { stream->cancel(); }, stream_stop_);
  client_.start(std::move(request), [this](KubeAnswer answer) {
    stream_stop_->cancel();  // and with it the timer
    ended(answer);
  });
}

void Watch::take(WatchEvent event) {
  if (event.kind == WatchEvent::Kind::kError) {
    expired_ = expired_ || event.code == 410;
    return;
  }
  progressed_ = true;
  const std::string_view version = event.object.string_at({"metadata", "resourceVersion"});
  if (!version.empty()) version_ = version;
  if (event.kind == WatchEvent::Kind::kThere) put(std::move(event.object));
  if (event.kind == WatchEvent::Kind::kGone) drop(key_of(event.object));
}

void Watch::ended(const KubeAnswer& answer) {
  if (stop_->cancelled() || client_.cancel().cancelled()) return;
  if (answer.status_is(403) || answer.status_is(405)) return list_later();
  if (answer.status_is(401) || answer.failure) {
    return events_.on_error(client_.error_of(answer, "watch " + resource_.resource));
  }
  failures_ = progressed_ ? 0 : failures_ + 1;
  again(std::exchange(expired_, false) || answer.status_is(410) || answer.status_is(404));
}

void Watch::again(bool relist) {
  const int pause = std::min(kMaxPauseMs, kFirstPauseMs << std::min(failures_, 10));
  const auto go = [this, relist] { relist ? list("") : follow(); };
  client_.after(pause, go, stop_);
}

// ---- what is there

void Watch::put(Json object) {
  std::string key = key_of(object);
  const auto it = objects_.find(key);
  if (it == objects_.end()) {
    const Json& kept = objects_.emplace(std::move(key), std::move(object)).first->second;
    return events_.on_change(nullptr, &kept);
  }
  const Json before = std::exchange(it->second, std::move(object));
  events_.on_change(&before, &it->second);
}

void Watch::drop(const std::string& key) {
  const auto it = objects_.find(key);
  if (it == objects_.end()) return;
  const Json before = std::move(it->second);
  objects_.erase(it);
  events_.on_change(&before, nullptr);
}

}  // namespace kfctl
