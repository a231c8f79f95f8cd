#include "cli/learning.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/memory_limit.h"
#include "base/yaml.h"
#include "cli/console.h"
#include "cli/learn_flags.h"
#include "templates/jsonnet/disk_importer.h"
#include "templates/jsonnet/engine/engine.h"
#include "templates/jsonnet/natives.h"

namespace kfctl {
namespace {

bool is_jsonnet(std::string_view path) {
  return path.ends_with(".jsonnet") || path.ends_with(".libsonnet");
}

Result<Json> evaluate(const std::string& path, std::string source, Console& console, World& world) {
  JsonnetRequest request;
  request.path = path;
  request.source = std::move(source);
  DiskImporter importer(world.files, {});
  request.importer = &importer;
  request.natives = standard_natives();
  request.on_trace = [&console](std::string_view line) { console.note(line); };
  const MayLeave leave(world);
  return JsonnetEngine().evaluate(request);
}

// The first thing that is wrong, with its place where the file has places.
Error config_error(const ConfigError& wrong, const std::string& path, const std::string& source) {
  if (path.empty()) return Error(ErrorKind::kUsage, wrong.error.message, wrong.error.hint);
  if (is_jsonnet(path)) {
    return project_error(path + ": " + wrong.error.message, wrong.error.hint);
  }
  return yaml_error_at(source, path, 0, wrong.path, wrong.error.message, wrong.error.hint);
}

Status apply_flags(const Args& args, Json& json) {
  for (const ConfigFlag& flag : config_flags()) {
    if (!args.has(flag.flag)) continue;
    if (flag.flag == "data" || flag.flag == "labels") {
      Json files = Json::array();
      for (const std::string& file : args.values(flag.flag)) files.push_back(file);
      json["data"][flag.flag == "data" ? "files" : "labels"] = std::move(files);
      continue;
    }
    KF_DO(set_field(json, std::string(flag.field), args.value(flag.flag)));
  }
  for (const std::string& setting : args.values("set")) {
    const size_t equals = setting.find('=');
    if (equals == setting.npos) {
      return usage_error("--set " + setting + ": there is no '='", "--set train.clipNorm=1");
    }
    KF_DO(set_field(json, setting.substr(0, equals), setting.substr(equals + 1)));
  }
  return Ok{};
}

// An amount as Kubernetes writes it: 2Gi, 500M, 1000000.
std::optional<uint64_t> bytes_of_quantity(std::string_view text) {
  uint64_t amount = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), amount);
  if (end.ec != std::errc()) return std::nullopt;
  const std::string_view unit = text.substr(static_cast<size_t>(end.ptr - text.data()));
  const std::pair<std::string_view, uint64_t> units[] = {
      {"", 1},
      {"k", 1000},
      {"M", 1000'000},
      {"G", 1000'000'000},
      {"T", 1000'000'000'000},
      {"Ki", uint64_t{1} << 10},
      {"Mi", uint64_t{1} << 20},
      {"Gi", uint64_t{1} << 30},
      {"Ti", uint64_t{1} << 40},
  };
  for (const auto& [name, factor] : units) {
    if (name == unit && amount <= UINT64_MAX / factor) return amount * factor;
  }
  return std::nullopt;
}

}  // namespace

Result<TrainConfig> gather_config(const Args& args, Console& console, World& world) {
  const std::string& path = args.word(0);
  std::string source;
  Json json = Json::object();
  if (!path.empty()) {
    KF_TRY(source, world.files.read(path));
    if (is_jsonnet(path)) {
      KF_TRY(json, evaluate(path, source, console, world));
    } else {
      KF_TRY(json, parse_yaml(source, path));  // JSON is YAML
    }
    if (json.is_null()) json = Json::object();
    // What is wrong in the file is told with its place, before flags are laid over it.
    const ConfigResult file = read_config(json);
    if (!file.errors.empty()) return config_error(file.errors[0], path, source);
  }
  KF_DO(apply_flags(args, json));
  ConfigResult result = read_config(json);
  if (!result.errors.empty()) return config_error(result.errors[0], "", "");
  return std::move(result.config);
}

Result<std::unique_ptr<Device>> chosen_device(const Args& args, const World& world) {
  const auto found = world.around.variables.find("KFCTL_BACKEND_PATH");
  DeviceOptions options;
  if (found != world.around.variables.end()) options.backend_directory = found->second;
  return open_device(args.value("device", "auto"), world.files, options);
}

ThreadPool reading_threads(const World& world) { return ThreadPool(usable_cpus(world.files)); }

// What reading and computing take beside the rows; in a small container they come first.
constexpr size_t kReserve = size_t{256} << 20;

Result<std::unique_ptr<RowMemory>> row_memory(const Args& args, const World& world,
                                              const std::string& directory) {
  uint64_t limit = 0;
  if (args.has("memory")) {
    const std::optional<uint64_t> given = bytes_of_quantity(args.value("memory"));
    if (!given) {
      return usage_error("--memory " + args.value("memory") + ": an amount is wanted",
                         "such as 500Mi or 2Gi");
    }
    limit = *given;
  } else {
    const size_t usable = usable_memory(world.files);
    limit = usable == SIZE_MAX ? UINT64_MAX : (usable - std::min(usable, kReserve)) / 4;
  }
  return std::make_unique<RowMemory>(limit, directory);
}

Result<size_t> row_limit(const Args& args) {
  const std::string text = args.value("limit-rows", "0");
  size_t rows = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), rows);
  if (end.ec == std::errc() && end.ptr == text.data() + text.size()) return rows;
  return usage_error("--limit-rows " + text + ": a whole number is wanted");
}

}  // namespace kfctl
