#include "learn/train/config.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.h"

namespace kfctl {
namespace {

struct Range {
  double low = 0;
  double high = 1e15;
};
constexpr Range kShare = {0, 1};

// The one list of fields: called with a visitor that reads, prints or names them.
template <typename Visitor>
void visit(TrainConfig& c, Visitor& v) {
  const std::string formats = "auto|csv|tsv|jsonl|libsvm|idx|npy|npz|tfrecord";
  v.field("data.files", c.data.files);
  v.field("data.labels", c.data.labels);
  v.field("data.label", c.data.label);
  v.field("data.task", c.data.task, "auto|classification|regression");
  v.field("data.weight", c.data.weight);
  v.field("data.format", c.data.format, formats);
  v.field("data.delimiter", c.data.delimiter);
  v.field("data.header", c.data.header, "auto|yes|no");
  v.field("data.ignore", c.data.ignore);
  v.field("data.features", c.data.features);
  v.field("data.textBuckets", c.data.text_buckets, Range{1, 1 << 24});
  v.field("data.limitRows", c.data.limit_rows, Range{});
  v.field("data.split.by", c.data.split.by, "hash|fraction|column");
  v.field("data.split.column", c.data.split.column);
  v.field("data.split.train", c.data.split.train, Range{});
  v.field("data.split.validation", c.data.split.validation, Range{});
  v.field("data.split.test", c.data.split.test, Range{});
  v.field("data.split.seed", c.data.split.seed, Range{});
  v.field("model.type", c.model.type, "auto|linear|logistic|mlp|cnn");
  v.field("model.hidden", c.model.hidden);
  v.field("model.channels", c.model.channels);
  v.field("model.activation", c.model.activation, "relu|gelu|tanh|sigmoid");
  v.field("model.dropout", c.model.dropout, Range{0, 0.99});
  v.field("model.embeddingWidth", c.model.embedding_width, Range{0, 1 << 16});
  TrainingConfig& t = c.train;
  v.field("train.epochs", t.epochs, Range{});
  v.field("train.steps", t.steps, Range{});
  v.field("train.maxTime", t.max_time, Range{});
  v.field("train.batchSize", t.batch_size, Range{0, 1 << 24});
  v.field("train.accumulate", t.accumulate, Range{1, 1 << 16});
  v.field("train.optimiser", t.optimiser, "sgd|adam|adamw|lamb");
  v.field("train.learningRate", t.learning_rate, Range{});
  v.field("train.schedule", t.schedule, "constant|linear|cosine");
  v.field("train.warmupSteps", t.warmup_steps, Range{});
  v.field("train.finalRate", t.final_rate, kShare);
  v.field("train.momentum", t.momentum, Range{0, 0.99999});
  v.field("train.nesterov", t.nesterov);
  v.field("train.beta1", t.beta1, Range{0, 0.99999});
  v.field("train.beta2", t.beta2, Range{0, 0.999999});
  v.field("train.epsilon", t.epsilon, Range{1e-30, 1});
  v.field("train.weightDecay", t.weight_decay, Range{});
  v.field("train.l1", t.l1, Range{});
  v.field("train.clipNorm", t.clip_norm, Range{});
  v.field("train.labelSmoothing", t.label_smoothing, Range{0, 0.99});
  v.field("train.focalGamma", t.focal_gamma, Range{0, 100});
  v.field("train.classWeights", t.class_weights, "none|balanced");
  v.field("train.loss", t.loss, "auto|squared|huber");
  v.field("train.huberDelta", t.huber_delta, Range{1e-12, 1e12});
  v.field("train.patience", t.patience, Range{});
  v.field("train.minDelta", t.min_delta, Range{});
  v.field("train.keep", t.keep, "best|last");
  v.field("train.monitor", t.monitor, "loss|accuracy");
  v.field("train.checkpointSteps", t.checkpoint_steps, Range{});
  v.field("train.overfitBatches", t.overfit_batches, Range{});
  v.field("train.precision", t.precision, "fp32|tf32|bf16");
  v.field("train.seed", t.seed, Range{});
}

// The member at a dotted path, made if it is not there.
Json& made_at(Json& json, std::string_view path) {
  Json* at = &json;
  for (const std::string_view key : split(path, '.')) at = &(*at)[key];
  return *at;
}

class Printer {
 public:
  template <typename... Rules>
  void field(std::string_view path, const std::string& value, const Rules&...) {
    made_at(json, path) = value;
  }
  void field(std::string_view path, bool value) { made_at(json, path) = value; }
  void field(std::string_view path, int64_t value, Range) { made_at(json, path) = value; }
  void field(std::string_view path, uint64_t value, Range) {
    made_at(json, path) = static_cast<int64_t>(value);
  }
  void field(std::string_view path, double value, Range) {
    const bool whole = value == std::floor(value) && std::abs(value) < 1e15;
    made_at(json, path) = whole ? Json(static_cast<int64_t>(value)) : Json(value);
  }
  template <typename T>
  void field(std::string_view path, const std::vector<T>& values) {
    Json array = Json::array();
    for (const T& value : values) array.push_back(value);
    made_at(json, path) = std::move(array);
  }
  void field(std::string_view path, const std::map<std::string, std::string>& values) {
    Json object = Json::object();
    for (const auto& [key, value] : values) object[key] = value;
    made_at(json, path) = std::move(object);
  }

  Json json = Json::object();
};

// The type of each field, for naming them and for reading --set.
class Namer {
 public:
  template <typename T, typename... Rules>
  void field(std::string_view path, const T&, const Rules&...) {
    names.emplace_back(path);
    if constexpr (std::is_same_v<T, std::vector<std::string>> ||
                  std::is_same_v<T, std::vector<int64_t>>) {
      lists.emplace_back(path);
    }
    if constexpr (std::is_same_v<T, std::map<std::string, std::string>>) maps.emplace_back(path);
    if constexpr (std::is_same_v<T, std::string>) texts.emplace_back(path);
  }
  std::vector<std::string> names, lists, maps, texts;
};

class Reader {
 public:
  explicit Reader(const Json& json) : json_(json) {}

  void field(std::string_view path, std::string& value, std::string_view choices = "") {
    const Json* json = find(path);
    if (json == nullptr) return;
    if (!json->is_string()) return wrong(path, "a string", *json);
    value = json->as_string();
    if (choices.empty()) return;
    std::vector<std::string> known;
    for (const std::string_view choice : split(choices, '|')) known.emplace_back(choice);
    if (std::find(known.begin(), known.end(), value) != known.end()) return;
    fail(path, std::string(path) + ": '" + value + "' is none of " + join(known, ", "),
         did_you_mean(value, known));
  }

  void field(std::string_view path, bool& value) {
    const Json* json = find(path);
    if (json == nullptr) return;
    if (!json->is_bool()) return wrong(path, "true or false", *json);
    value = json->as_bool();
  }

  void field(std::string_view path, int64_t& value, Range range) {
    const Json* json = find(path);
    if (json == nullptr) return;
    if (json->is_double() && json->as_double() == std::floor(json->as_double()) &&
        std::abs(json->as_double()) < 1e15) {
      value = static_cast<int64_t>(json->as_double());
    } else if (json->is_int()) {
      value = json->as_int();
    } else {
      return wrong(path, "a whole number", *json);
    }
    check(path, static_cast<double>(value), range);
  }

  void field(std::string_view path, uint64_t& value, Range range) {
    auto number = static_cast<int64_t>(value);
    field(path, number, range);
    value = static_cast<uint64_t>(number);
  }

  void field(std::string_view path, double& value, Range range) {
    const Json* json = find(path);
    if (json == nullptr) return;
    if (!json->is_number()) return wrong(path, "a number", *json);
    value = json->as_double();
    check(path, value, range);
  }

  void field(std::string_view path, std::vector<std::string>& values) {
    const Json* json = find(path);
    if (json == nullptr) return;
    values.clear();
    if (json->is_string()) return values.push_back(json->as_string());
    if (!json->is_array()) return wrong(path, "a list of strings", *json);
    for (const Json& item : json->items()) {
      if (!item.is_string()) return wrong(path, "a list of strings", *json);
      values.push_back(item.as_string());
    }
  }

  void field(std::string_view path, std::vector<int64_t>& values) {
    const Json* json = find(path);
    if (json == nullptr) return;
    values.clear();
    if (json->is_int()) return values.push_back(json->as_int());
    if (!json->is_array()) return wrong(path, "a list of numbers", *json);
    for (const Json& item : json->items()) {
      const bool well = item.is_number() && item.as_double() >= 1 && item.as_double() <= 1 << 20 &&
                        item.as_double() == std::floor(item.as_double());
      if (!well) return wrong(path, "a list of whole numbers from 1 to 1048576", *json);
      values.push_back(static_cast<int64_t>(item.as_double()));
    }
  }

  void field(std::string_view path, std::map<std::string, std::string>& values) {
    const Json* json = find(path);
    if (json == nullptr) return;
    if (!json->is_object()) return wrong(path, "an object of column: type", *json);
    for (const auto& [key, value] : json->members()) {
      if (!value.is_string()) return wrong(path, "an object of column: type", *json);
      values[key] = value.as_string();
    }
  }

  /// Adds an error for each member that no field is named after.
  void find_unknown(const Namer& known) { walk(json_, "", known); }

  std::vector<ConfigError> errors;

 private:
  const Json* find(std::string_view path) const {
    const Json* at = &json_;
    for (const std::string_view key : split(path, '.')) {
      at = at->find(key);
      if (at == nullptr) return nullptr;
    }
    return at;
  }

  void fail(std::string_view path, std::string message, std::string hint = "") {
    std::vector<std::string> keys;
    for (const std::string_view key : split(path, '.')) keys.emplace_back(key);
    errors.push_back({project_error(std::move(message), std::move(hint)), std::move(keys)});
  }

  void wrong(std::string_view path, std::string_view wanted, const Json& json) {
    fail(path, std::string(path) + ": " + std::string(wanted) + " is wanted, not " +
                   json.dump().substr(0, 60));
  }

  void check(std::string_view path, double value, Range range) {
    if (value >= range.low && value <= range.high) return;
    fail(path, std::string(path) + ": " + number_text(value) + " is not from " +
                   number_text(range.low) + " to " + number_text(range.high));
  }

  void walk(const Json& json, const std::string& above, const Namer& known) {
    if (!json.is_object()) {
      if (above.empty()) fail("", "a config is an object with data, model and train");
      return;
    }
    for (const auto& [key, value] : json.members()) {
      const std::string path = above.empty() ? key : above + "." + key;
      const auto is_path = [&path](const std::string& name) { return name == path; };
      if (std::any_of(known.names.begin(), known.names.end(), is_path)) continue;
      const auto below = [&path](const std::string& name) { return name.starts_with(path + "."); };
      if (std::any_of(known.names.begin(), known.names.end(), below)) {
        if (!value.is_object()) {
          wrong(path, "an object", value);
        } else {
          walk(value, path, known);
        }
        continue;
      }
      fail(path, "unknown field '" + path + "'", near(key, above, known));
    }
  }

  // The near word among the fields beside it, else among all.
  static std::string near(const std::string& key, const std::string& above, const Namer& known) {
    std::vector<std::string> beside, lasts;
    for (const std::string& name : known.names) {
      const size_t dot = name.rfind('.');
      if (name.substr(0, dot) == above) beside.push_back(name.substr(dot + 1));
      if (above.empty()) beside.push_back(name.substr(0, name.find('.')));
      if (name.substr(dot + 1) == key) lasts.push_back(name);
    }
    if (!lasts.empty()) return "did you mean '" + lasts[0] + "'?";
    return did_you_mean(key, beside, "'kfctl train --print-config' lists all fields");
  }

  const Json& json_;
};

const Namer& field_names() {
  static const Namer names = [] {
    Namer namer;
    TrainConfig config;
    visit(config, namer);
    return namer;
  }();
  return names;
}

bool contains(const std::vector<std::string>& list, const std::string& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

// A word of --set: what it is in JSON, or the word itself.
Json value_of(std::string_view text) {
  Result<Json> json = parse_json(text, "--set");
  return json.ok() ? std::move(json).value() : Json(text);
}

}  // namespace

Json to_json(const TrainConfig& config) {
  Printer printer;
  TrainConfig copy = config;
  visit(copy, printer);
  return printer.json;
}

ConfigResult read_config(const Json& json) {
  ConfigResult result;
  Reader reader(json);
  reader.find_unknown(field_names());
  if (json.is_object()) visit(result.config, reader);
  result.errors = std::move(reader.errors);
  return result;
}

Status set_field(Json& json, const std::string& path, const std::string& text) {
  const Namer& known = field_names();
  const size_t dot = path.rfind('.');
  const bool in_map = dot != path.npos && contains(known.maps, path.substr(0, dot));
  if (!contains(known.names, path) && !in_map) {
    return usage_error(
        "unknown field '" + path + "'",
        did_you_mean(path, known.names, "'kfctl train --print-config' lists all fields"));
  }
  Json value = contains(known.texts, path) || in_map ? Json(text) : value_of(text);
  if (contains(known.lists, path) && !value.is_array()) {
    Json list = Json::array();
    if (!text.empty()) {
      for (const std::string_view part : split(text, ',')) {
        list.push_back(path == "model.hidden" || path == "model.channels" ? value_of(trim(part))
                                                                          : Json(trim(part)));
      }
    }
    value = std::move(list);
  }
  Json* at = &json;
  for (const std::string_view key : split(path, '.')) {
    if (!at->is_object() && !at->is_null()) {
      return project_error("the config holds no object where '" + path + "' belongs");
    }
    at = &(*at)[key];
  }
  *at = std::move(value);
  return Ok{};
}

std::vector<std::string> config_fields() { return field_names().names; }

DataFiles data_files(const DataConfig& config) {
  DataFiles data;
  data.files = config.files;
  data.labels = config.labels;
  data.limit_rows = static_cast<size_t>(config.limit_rows);
  data.read.format = config.format;
  data.read.delimiter = config.delimiter;
  data.read.header = config.header;
  for (const auto& [column, type] : config.features) {
    if (type == "numeric") data.read.promised[column] = ColumnKind::kNumber;
    if (type == "text") data.read.promised[column] = ColumnKind::kText;
  }
  return data;
}

FeatureOptions feature_options(const TrainConfig& config, const std::string& label, bool one_hot) {
  FeatureOptions options;
  options.ignored = config.data.ignore;
  options.ignored.push_back(label);
  if (!config.data.weight.empty()) options.ignored.push_back(config.data.weight);
  if (config.data.split.by == "column") options.ignored.push_back(config.data.split.column);
  options.types.insert(config.data.features.begin(), config.data.features.end());
  options.text_buckets = static_cast<int>(config.data.text_buckets);
  options.one_hot = one_hot;
  return options;
}

}  // namespace kfctl
