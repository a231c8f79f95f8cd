#include "cluster/forward.h"

#include <atomic>
#include <chrono>
#include <list>
#include <thread>
#include <utility>

#include <poll.h>

#include "base/listener.h"
#include "base/log.h"
#include "cluster/forward_target.h"
#include "cluster/inventory.h"
#include "cluster/pod_finder.h"
#include "cluster/pump.h"
#include "cluster/tunnel.h"

namespace kfctl {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kPollMs = 100;
constexpr int kLookAgainMs = 500;  // for a pod that takes connections
constexpr int kTries = 5;          // to open a tunnel: a pod that has just gone may still be listed

bool pause(int ms, const CancelToken& cancel) {
  const Clock::time_point until = Clock::now() + std::chrono::milliseconds(ms);
  while (Clock::now() < until && !cancel.cancelled()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return !cancel.cancelled();
}

// What a person can do nothing about but try again: the next pod may do better.
bool may_pass(const Error& error) {
  return error.kind == ErrorKind::kCluster || error.kind == ErrorKind::kNetwork;
}

class Forwarder {
 public:
  Forwarder(PodFinder& finder, const KubeClient& client, const ForwardOptions& options,
            const OnForwardNews& on_news, const OpenByteStream& open_stream)
      : finder_(finder),
        server_(client.server()),
        cancel_(client.cancel()),
        options_(options),
        on_news_(on_news),
        open_stream_(open_stream) {}

  ~Forwarder() { join(false); }

  Status run() {
    KF_TRY(const FoundPod found, await_pod());
    for (const PortPair& pair : options_.ports) KF_DO(open(pair, found));
    while (!cancel_.cancelled()) {
      accept_some();
      join(true);
    }
    return cancelled_error();
  }

 private:
  struct Port {
    std::string remote;
    Listener listener;
  };
  struct Connection {
    std::thread thread;
    std::atomic<bool> over{false};
  };

  Result<FoundPod> await_pod() {
    const Clock::time_point deadline =
        Clock::now() + std::chrono::milliseconds(options_.timeout_ms);
    bool told = false;
    while (true) {
      KF_TRY(FoundPod found, finder_.find());
      if (found.why.empty()) return found;
      if (Clock::now() > deadline) {
        return Error(ErrorKind::kCluster,
                     finder_.id().full_text() + " has no pod that takes connections: " + found.why,
                     "'kfctl status' says more");
      }
      if (!std::exchange(told, true)) {
        tell({.kind = ForwardNews::Kind::kWaiting, .message = found.why});
      }
      if (!pause(kLookAgainMs, cancel_)) return cancelled_error();
    }
  }

  Status open(const PortPair& pair, const FoundPod& found) {
    KF_TRY(const PortChoice port, choose_port(found.object, found.pod, pair.remote));
    KF_TRY(Listener listener, Listener::open(options_.addresses, pair.local.value_or(port.local)));
    for (const std::string& place : listener.places()) {
      ForwardNews news{.kind = ForwardNews::Kind::kListening};
      news.local = place;
      news.port = port.container;
      news.pod = found.pod.string_at({"metadata", "name"});
      tell(news);
    }
    ports_.push_back({pair.remote, std::move(listener)});
    return Ok{};
  }

  void accept_some() {
    std::vector<pollfd> all;
    for (const Port& port : ports_) {
      for (const Descriptor& socket : port.listener.sockets()) {
        all.push_back({socket.get(), POLLIN, 0});
      }
    }
    if (poll(all.data(), all.size(), kPollMs) <= 0) return;
    for (const Port& port : ports_) {
      for (size_t i = 0; i < port.listener.sockets().size(); ++i) {
        while (std::optional<Descriptor> taken = port.listener.accept(i)) {
          begin(std::move(*taken), port.remote);
        }
      }
    }
  }

  void begin(Descriptor socket, const std::string& remote) {
    Connection& made = connections_.emplace_back();
    made.thread = std::thread([this, &made, remote, socket = std::move(socket)] {
      const Status served = serve(socket.get(), remote);
      if (!served.ok() && served.error().kind != ErrorKind::kInterrupted) {
        tell({.kind = ForwardNews::Kind::kTrouble, .message = served.error().message});
      }
      made.over = true;
    });
  }

  // Those that are over, or all.
  void join(bool over) {
    for (auto it = connections_.begin(); it != connections_.end();) {
      if (over && !it->over) {
        ++it;
        continue;
      }
      it->thread.join();
      it = connections_.erase(it);
    }
  }

  Status serve(int socket, const std::string& remote) {
    KF_TRY(const std::unique_ptr<Tunnel> tunnel, connect(remote));
    return pump(socket, *tunnel, cancel_);
  }

  Result<std::unique_ptr<Tunnel>> connect(const std::string& remote) {
    for (int attempt = 1;; ++attempt) {
      KF_TRY(FoundPod found, await_pod());
      KF_TRY(const PortChoice port, choose_port(found.object, found.pod, remote));
      TunnelOptions options;
      options.http = std::move(found.access.http);
      options.headers = std::move(found.access.headers);
      options.server = server_;
      options.namespace_ = found.pod.string_at({"metadata", "namespace"});
      options.pod = found.pod.string_at({"metadata", "name"});
      options.port = port.container;
      Result<std::unique_ptr<Tunnel>> opened = Tunnel::open(options, open_stream_, cancel_);
      if (opened.ok() || attempt == kTries || !may_pass(opened.error())) return opened;
      log_info("again: " + opened.error().message);
      if (!pause(attempt * 200, cancel_)) return cancelled_error();
    }
  }

  void tell(const ForwardNews& news) const { on_news_(news); }

  PodFinder& finder_;
  const std::string& server_;
  const CancelToken& cancel_;
  const ForwardOptions& options_;
  const OnForwardNews& on_news_;
  const OpenByteStream& open_stream_;
  std::vector<Port> ports_;
  std::list<Connection> connections_;
};

}  // namespace

Status forward_to_object(const Workplace& place, const Json& object, const ForwardOptions& options,
                         const OnForwardNews& on_news, const OpenByteStream& open_stream) {
  KF_TRY(Inventory inventory, take_inventory(place, {object}, ""));
  PodFinder finder(place, std::move(inventory.discovery), std::move(inventory.objects[0]));
  return Forwarder(finder, place.client, options, on_news, open_stream).run();
}

}  // namespace kfctl
