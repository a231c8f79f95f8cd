#include "learn/evaluate/shards.h"

#include <set>

#include <sys/stat.h>

#include "base/json.h"
#include "learn/data/crc32c.h"

namespace kfctl {
namespace {

// What the predictions depend on, beside the data.
std::string record_of(const Model& model, const PredictOptions& options) {
  Json keys = Json::array();
  for (const std::string& key : options.keys) keys.push_back(key);
  return Json::object({{"model", static_cast<int64_t>(crc32c(write_model(model)))},
                       {"format", options.format},
                       {"keys", std::move(keys)},
                       {"probabilities", options.probabilities},
                       {"output", options.output}})
             .dump(2) +
         "\n";
}

// "a/part-1.csv.gz" as "part-1".
std::string stem_of(std::string_view path) {
  const std::string_view name = base_name(path);
  const size_t dot = name.find('.', 1);
  return std::string(name.substr(0, dot));
}

bool is_newer(const std::string& path, const std::string& than) {
  struct stat a {
  }, b{};
  if (::stat(path.c_str(), &a) != 0 || ::stat(than.c_str(), &b) != 0) return true;
  return a.st_mtim.tv_sec != b.st_mtim.tv_sec ? a.st_mtim.tv_sec > b.st_mtim.tv_sec
                                              : a.st_mtim.tv_nsec > b.st_mtim.tv_nsec;
}

Status check_directory(Files& files, const std::string& directory, const std::string& record) {
  const std::string path = join_path(directory, "predict.json");
  if (files.is_file(path)) {
    KF_TRY(const std::string before, files.read(path));
    if (before == record) return Ok{};
    return usage_error(directory + " holds predictions of another model, or by other options",
                       "name another --output, or remove it");
  }
  if (files.kind(directory) != PathKind::kMissing) {
    KF_TRY(const std::vector<std::string> names, files.list(directory));
    if (!names.empty()) {
      return usage_error(directory + ": the directory is not empty", "name another --output");
    }
  }
  return files.write(path, record);
}

}  // namespace

Result<std::vector<Shard>> open_shards(Files& files, const std::string& directory,
                                       const Model& model, const PredictOptions& options) {
  KF_TRY(const std::vector<std::string> inputs, expand_globs(files, options.files));
  std::vector<Shard> shards;
  std::set<std::string> names;
  for (const std::string& input : inputs) {
    const std::string name = stem_of(input) + "." + options.output;
    if (!names.insert(name).second) {
      return usage_error(input + ": its predictions would be a second " + name,
                         "rename the file, or predict it into another directory");
    }
    if (!files.is_file(input)) {
      return Error(ErrorKind::kDisk, "cannot read " + input + ": there is no such file");
    }
    shards.push_back({input, join_path(directory, name)});
  }
  KF_DO(check_directory(files, directory, record_of(model, options)));
  for (Shard& shard : shards) {
    shard.is_finished = files.is_file(shard.output) && !is_newer(shard.input, shard.output);
  }
  return shards;
}

}  // namespace kfctl
