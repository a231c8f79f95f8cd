#include "cluster/session.h"

#include <chrono>
#include <mutex>

#include "base/http.h"
#include "cluster/apply.h"
#include "cluster/client.h"
#include "cluster/credentials.h"
#include "cluster/diff.h"
#include "cluster/forward.h"
#include "cluster/happenings.h"
#include "cluster/history.h"
#include "cluster/kind_finder.h"
#include "cluster/logs.h"
#include "cluster/planning.h"
#include "cluster/remove.h"
#include "cluster/status.h"

namespace kfctl {
namespace {

int64_t seconds_now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(since).count();
}

class ClusterSession : public Session {
 public:
  ClusterSession(Files& files, Connection connection, Credentials credentials,
                 const SessionOptions& options, const CancelToken& cancel)
      : connection_(std::move(connection)),
        client_(connection_.cluster.server, std::move(credentials), options.request_timeout_ms,
                make_http_client, cancel),
        kinds_(client_, files, cache_directory(options.around), seconds_now) {}

  const std::string& server() const override { return connection_.cluster.server; }
  const std::string& context() const override { return connection_.context; }
  const std::string& default_namespace() const override { return connection_.namespace_; }
  const std::vector<std::string>& warnings() const override { return client_.warnings(); }

  Result<ServerVersion> version() override {
    KF_TRY(const Json body, client_.get("/version", "ask for the version"));
    return ServerVersion{std::string(body.string_at({"gitVersion"})),
                         std::string(body.string_at({"platform"}))};
  }

  Result<ClusterReport> apply(const std::vector<Json>& objects, const ApplyOptions& options,
                              const OnClusterEvent& on_event) override {
    const Listening listening(client_, on_event);
    ApplyOptions how = options;
    const KubeUser& user = connection_.user;
    how.history.user = user.as.empty() ? connection_.user_name : user.as;
    return apply_objects(place(on_event), objects, how);
  }

  Result<DiffReport> diff(const std::vector<Json>& objects, const DiffOptions& options,
                          const OnClusterEvent& on_event) override {
    const Listening listening(client_, on_event);
    return diff_objects(place(on_event), objects, options);
  }

  Result<PlanReport> plan(const std::vector<Json>& objects, const ApplyOptions& options,
                          const std::string& salt, const OnClusterEvent& on_event) override {
    const Listening listening(client_, on_event);
    return plan_apply(place(on_event), objects, options, salt);
  }

  Result<std::vector<Revision>> history(const std::string& apply_set) override {
    return fetch_revisions(client_, set_called(apply_set));
  }

  Result<std::vector<Json>> objects_of(const std::string& apply_set,
                                       const Revision& revision) override {
    return fetch_revision_objects(client_, set_called(apply_set), revision);
  }

  Result<ClusterReport> remove(const std::vector<Json>& objects, const DeleteOptions& options,
                               const OnClusterEvent& on_event) override {
    const Listening listening(client_, on_event);
    return remove_objects(place(on_event), objects, options);
  }

  Result<StatusReport> status(const std::vector<Json>& objects, const StatusOptions& options,
                              const OnClusterEvent& on_event) override {
    const Listening listening(client_, on_event);
    return status_of_objects(place(on_event), objects, options);
  }

  Result<StatusReport> wait(const std::vector<Json>& objects, const WaitOptions& options,
                            const OnClusterEvent& on_event) override {
    const Listening listening(client_, on_event);
    return wait_for_objects(place(on_event), objects, options);
  }

  Result<size_t> logs(const std::vector<Json>& objects, const LogOptions& options,
                      const OnLogLine& on_line, const OnClusterEvent& on_event) override {
    const Listening listening(client_, on_event);
    return logs_of_objects(place(on_event), objects, options, on_line);
  }

  Status happenings(const std::vector<Json>& objects, const HappeningOptions& options,
                    const OnHappening& on_happening, const OnClusterEvent& on_event) override {
    const Listening listening(client_, on_event);
    return happenings_of_objects(place(on_event), objects, options, on_happening);
  }

  Status forward(const Json& object, const ForwardOptions& options, const OnForwardNews& on_news,
                 const OnClusterEvent& on_event) override {
    std::mutex mutex;
    const OnClusterEvent event = [&](const ClusterEvent& one) {
      const std::lock_guard lock(mutex);
      if (on_event) on_event(one);
    };
    const OnForwardNews news = [&](const ForwardNews& one) {
      const std::lock_guard lock(mutex);
      on_news(one);
    };
    const Listening listening(client_, event);
    return forward_to_object(place(event), object, options, news, open_byte_stream);
  }

 private:
  // Passes the client's warnings and retries on for as long as one operation lasts.
  class Listening {
   public:
    Listening(KubeClient& client, const OnClusterEvent& on_event) : client_(client) {
      if (!on_event) return;
      const auto pass = [&on_event](ClusterEvent::Kind kind) {
        return [&on_event, kind](const std::string& text) {
          ClusterEvent event;
          event.kind = kind;
          event.message = text;
          on_event(event);
        };
      };
      client_.set_events({pass(ClusterEvent::Kind::kWarning), pass(ClusterEvent::Kind::kRetry)});
    }
    ~Listening() { client_.set_events({}); }
    Listening(const Listening&) = delete;
    Listening& operator=(const Listening&) = delete;

   private:
    KubeClient& client_;
  };

  ApplySet set_called(const std::string& name) const {
    return ApplySet{name, connection_.namespace_, false, {}};
  }

  Workplace place(const OnClusterEvent& on_event) {
    return Workplace{client_, kinds_, connection_.namespace_, on_event};
  }

  Connection connection_;
  KubeClient client_;
  KindFinder kinds_;
};

}  // namespace

Result<std::unique_ptr<Session>> Session::open(Files& files, const SessionOptions& options,
                                               const CancelToken& cancel) {
  KF_TRY(const Kubeconfig config, load_kubeconfig(files, options.around, options.flags.kubeconfig));
  KF_TRY(Connection connection,
         choose_connection(config, files, options.around, options.destination, options.flags,
                           options.environment));
  KF_TRY(Credentials credentials, Credentials::open(files, connection, options.around, cancel));
  return std::unique_ptr<Session>(std::make_unique<ClusterSession>(
      files, std::move(connection), std::move(credentials), options, cancel));
}

}  // namespace kfctl
