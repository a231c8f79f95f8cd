#include "cli/project.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "base/memory_limit.h"
#include "base/text.h"
#include "base/thread_pool.h"
#include "cluster/kind_finder.h"

namespace kfctl {
namespace {

using Variables = std::vector<JsonnetVariable>;

constexpr size_t kMostMemory = size_t{8} << 30;  // of an evaluation that was not given a limit

Error not_a_pair(std::string_view flag, const std::string& text) {
  return usage_error("--" + std::string(flag) + " needs NAME=VALUE, not '" + text + "'");
}

// --ext-str NAME alone takes its value from the environment, as the jsonnet command does.
Status add_texts(const Args& args, std::string_view flag, const World& world, Variables& out) {
  for (const std::string& text : args.values(flag)) {
    const size_t equals = text.find('=');
    const std::string name = text.substr(0, equals);
    if (name.empty()) return not_a_pair(flag, text);
    if (equals != std::string::npos) {
      out.push_back({name, text.substr(equals + 1), false});
      continue;
    }
    const auto found = world.around.variables.find(name);
    if (found == world.around.variables.end()) {
      return usage_error("--" + std::string(flag) + " " + name + ": no such environment variable",
                         "write --" + std::string(flag) + " " + name + "=TEXT");
    }
    out.push_back({name, found->second, false});
  }
  return Ok{};
}

Status add_files(const Args& args, std::string_view flag, const World& world, Variables& out) {
  for (const std::string& text : args.values(flag)) {
    const size_t equals = text.find('=');
    if (equals == 0 || equals == std::string::npos) return not_a_pair(flag, text);
    KF_TRY(std::string content, world.files.read(text.substr(equals + 1)));
    out.push_back({text.substr(0, equals), std::move(content), false});
  }
  return Ok{};
}

Status add_codes(const Args& args, std::string_view flag, Variables& out) {
  for (const std::string& text : args.values(flag)) {
    const size_t equals = text.find('=');
    if (equals == 0 || equals == std::string::npos) return not_a_pair(flag, text);
    out.push_back({text.substr(0, equals), text.substr(equals + 1), true});
  }
  return Ok{};
}

std::string names_of_all(const std::vector<Environment>& environments) {
  std::vector<std::string> names;
  for (const Environment& one : environments) names.push_back(one.name);
  return join(names, ", ");
}

}  // namespace

Result<App> open_app(const Args& args, const World& world) {
  return App::open(world.files, args.value("dir", "."));
}

Result<Environment> choose_environment(const App& app, const std::string& name) {
  if (!name.empty()) return app.environment(name);
  KF_TRY(const std::string current, current_environment(app));
  if (!current.empty()) return app.environment(current);
  const std::vector<Environment>& all = app.config().environments();
  if (all.size() == 1) return all[0];
  if (all.empty()) {
    return usage_error("this app has no environment", "add one: kfctl env add NAME");
  }
  return usage_error("which environment? There are " + names_of_all(all),
                     "name one, or choose one for all commands: kfctl env current --set NAME");
}

Result<int> max_stack(const Args& args) {
  const std::string text = args.value("max-stack", "500");
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 1) {
    return usage_error("--max-stack needs a number of calls, not '" + text + "'");
  }
  return number;
}

Result<std::function<size_t()>> max_memory(const Args& args, const World& world) {
  if (!args.has("max-memory")) {
    return std::function<size_t()>(
        [&world] { return std::min(kMostMemory, usable_memory(world.files) / 4 * 3); });
  }
  const std::string text = args.value("max-memory");
  size_t mebibytes = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), mebibytes);
  if (error != std::errc() || end != text.data() + text.size() || mebibytes < 16 ||
      mebibytes > (SIZE_MAX >> 20)) {
    return usage_error("--max-memory needs a number of MiB, at least 16, not '" + text + "'");
  }
  return std::function<size_t()>([mebibytes] { return mebibytes << 20; });
}

Status jsonnet_variables(const Args& args, const World& world,
                         std::vector<JsonnetVariable>& external,
                         std::vector<JsonnetVariable>& arguments) {
  KF_DO(add_texts(args, "ext-str", world, external));
  KF_DO(add_files(args, "ext-str-file", world, external));
  KF_DO(add_codes(args, "ext-code", external));
  KF_DO(add_texts(args, "tla-str", world, arguments));
  KF_DO(add_files(args, "tla-str-file", world, arguments));
  return add_codes(args, "tla-code", arguments);
}

std::string jsonnet_cache_directory(const Args& args, const World& world) {
  const std::string cache = cache_directory(world.around);
  return args.has("no-cache") || cache.empty() ? "" : join_path(cache, "jsonnet");
}

Result<RenderOptions> render_options(const Args& args, const World& world) {
  RenderOptions options;
  options.components = args.values("component");
  KF_DO(jsonnet_variables(args, world, options.external, options.arguments));
  options.library_paths = args.values("jpath");
  KF_TRY(options.max_stack, max_stack(args));
  KF_TRY(options.memory, max_memory(args, world));
  options.threads = [&world] { return usable_cpus(world.files); };
  options.cache_directory = jsonnet_cache_directory(args, world);
  if (find_flag(args.command(), "evaluator") != nullptr) {
    KF_DO(choose_jsonnet_evaluator(args.value("evaluator", "kfctl")));
  }
  const bool has_connection = find_flag(args.command(), "namespace") != nullptr;
  if (has_connection) options.name_space = args.value("namespace");
  return options;
}

Result<SessionOptions> session_options(const Args& args, const Environment& environment,
                                       const World& world) {
  SessionOptions options;
  options.environment = environment.name;
  options.destination.server = environment.destination.server;
  options.destination.context = environment.destination.context;
  options.destination.namespace_ = environment.destination.name_space;
  ConnectionFlags& flags = options.flags;
  flags.kubeconfig = args.value("kubeconfig");
  flags.context = args.value("context");
  flags.cluster = args.value("cluster");
  flags.user = args.value("user");
  flags.namespace_ = args.value("namespace");
  flags.server = args.value("server");
  flags.token = args.value("token");
  flags.as = args.value("as");
  flags.as_uid = args.value("as-uid");
  flags.as_groups = args.values("as-group");
  flags.ca_file = args.value("certificate-authority");
  flags.insecure = args.has("insecure-skip-tls-verify");
  flags.tls_server_name = args.value("tls-server-name");
  flags.proxy_url = args.value("proxy-url");
  options.around = world.around;
  if (args.has("request-timeout")) {
    KF_TRY(options.request_timeout_ms,
           parse_duration_ms(args.value("request-timeout"), "request-timeout"));
  }
  return options;
}

Result<int> parse_duration_ms(const std::string& text, std::string_view flag) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  const std::string_view unit(rest, static_cast<size_t>(end - rest));
  double factor = 0;
  if (unit == "ms") factor = 1;
  if (unit == "s" || unit.empty()) factor = 1000;
  if (unit == "m") factor = 60'000;
  if (unit == "h") factor = 3'600'000;
  const double milliseconds = number * factor;
  constexpr int kForEver = std::numeric_limits<int>::max();
  if (error != std::errc() || factor == 0 || !(milliseconds >= 0) || milliseconds > kForEver) {
    return usage_error("--" + std::string(flag) + " does not take '" + text + "'",
                       "write a time such as 500ms, 30s, 2m or 1h");
  }
  return number == 0 ? kForEver : std::max(1, static_cast<int>(milliseconds));
}

std::string destination_text(const Destination& destination) {
  if (!destination.directory.empty()) return "directory " + destination.directory;
  std::string text = "current context";
  if (!destination.server.empty()) text = "server " + destination.server;
  if (!destination.context.empty()) text = "context " + destination.context;
  return text + ", namespace " + destination.name_space;
}

}  // namespace kfctl
