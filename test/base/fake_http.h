// An HttpClient without a network: a handler answers, the clock is a number.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/http.h"

namespace kfctl {

class FakeHttp : public HttpClient {
 public:
  std::function<HttpAnswer(const HttpRequest& request)> handler;
  std::vector<HttpRequest> requests;  // all that were sent, in order
  int64_t now_ms = 0;                 // moved on by waiting

  void start(HttpRequest request, Done done, int delay_ms = 0) override {
    queue_.emplace(now_ms + delay_ms, std::pair(std::move(request), std::move(done)));
  }

  // A timer is an entry without a `done`.
  void after(int delay_ms, std::function<void()> done,
             std::shared_ptr<const CancelToken> stop) override {
    HttpRequest request;
    request.stop = std::move(stop);
    request.on_body = [done = std::move(done)](std::string_view) { return done(), true; };
    queue_.emplace(now_ms + delay_ms, std::pair(std::move(request), Done()));
  }

  void run(const CancelToken& cancel) override {
    while (!queue_.empty()) {
      auto [due, entry] = std::move(*queue_.begin());
      queue_.erase(queue_.begin());
      auto& [request, done] = entry;
      const bool ended = cancel.cancelled() || request.stopped();
      if (!ended) now_ms = std::max(now_ms, due);
      if (done == nullptr) {
        if (!ended) request.on_body("");
        continue;
      }
      HttpAnswer answer;
      if (ended) {
        answer.fault = HttpFault::kCancelled;
      } else {
        requests.push_back(request);
        answer = handler(request);
      }
      done(std::move(answer));
    }
  }

 private:
  std::multimap<int64_t, std::pair<HttpRequest, Done>> queue_;
};

}  // namespace kfctl
