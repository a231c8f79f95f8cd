#include "learn/train/checkpoint.h"

#include <bit>

#include "learn/model/model.h"

namespace kfctl {
namespace {

constexpr std::string_view kState = "kfctl.checkpoint";

// Numbers as the bits they are: text would round doubles and cut 64-bit hashes.
Json bits(double value) { return std::bit_cast<int64_t>(value); }
Json bits(uint64_t value) { return std::bit_cast<int64_t>(value); }

Json state_json(const Checkpoint& c) {
  return Json::object(
      {{"epoch", c.train.epoch},
       {"position", c.train.position},
       {"step", c.train.step},
       {"totals", Json::array({bits(c.train.totals.loss), bits(c.train.totals.weight),
                               c.train.totals.correct, c.train.totals.count})},
       {"fingerprint", bits(c.fingerprint)},
       {"bestValue", bits(c.best_value)},
       {"bestEpoch", c.best_epoch},
       {"epochsWithoutBetter", c.epochs_without_better}});
}

class StateReader {
 public:
  explicit StateReader(const Json& json) : json_(json) {}
  int64_t number(std::string_view key) { return number(json_.find(key)); }
  int64_t total(size_t index) {
    const Json* totals = json_.find("totals");
    const bool well = totals != nullptr && totals->is_array() && totals->items().size() == 4;
    return number(well ? &totals->items()[index] : nullptr);
  }
  bool ok() const { return ok_; }

 private:
  int64_t number(const Json* json) {
    if (json != nullptr && json->is_int()) return json->as_int();
    ok_ = false;
    return 0;
  }
  const Json& json_;
  bool ok_ = true;
};

bool read_state(const Json& json, Checkpoint& c) {
  StateReader reader(json);
  c.train.epoch = reader.number("epoch");
  c.train.position = reader.number("position");
  c.train.step = reader.number("step");
  c.train.totals.loss = std::bit_cast<double>(reader.total(0));
  c.train.totals.weight = std::bit_cast<double>(reader.total(1));
  c.train.totals.correct = reader.total(2);
  c.train.totals.count = reader.total(3);
  c.fingerprint = std::bit_cast<uint64_t>(reader.number("fingerprint"));
  c.best_value = std::bit_cast<double>(reader.number("bestValue"));
  c.best_epoch = reader.number("bestEpoch");
  c.epochs_without_better = reader.number("epochsWithoutBetter");
  return reader.ok() && c.train.epoch >= 0 && c.train.position >= 0 && c.train.step >= 0;
}

}  // namespace

std::string write_checkpoint(const Checkpoint& checkpoint,
                             const std::vector<Parameter>& parameters) {
  Safetensors content;
  content.metadata[std::string(kState)] = state_json(checkpoint).dump();
  const std::pair<const std::vector<float>*, const char*> arenas[] = {
      {&checkpoint.train.weights, ""},
      {&checkpoint.train.first, "first."},
      {&checkpoint.train.second, "second."},
      {&checkpoint.best, "best."}};
  for (const auto& [arena, prefix] : arenas) {
    if (!arena->empty()) add_arena(content, parameters, *arena, prefix);
  }
  return write_safetensors(content);
}

Result<Checkpoint> read_checkpoint(std::string_view bytes, const std::vector<Parameter>& parameters,
                                   const std::string& path) {
  KF_TRY(const Safetensors content, read_safetensors(bytes, path));
  const auto found = content.metadata.find(std::string(kState));
  if (found == content.metadata.end()) return project_error(path + ": this is no checkpoint");
  const Result<Json> json = parse_json(found->second, path);
  Checkpoint checkpoint;
  if (!json.ok() || !read_state(json.value(), checkpoint)) {
    return project_error(path + ": the state in the checkpoint is damaged");
  }
  std::pair<std::vector<float>*, const char*> arenas[] = {{&checkpoint.train.weights, ""},
                                                          {&checkpoint.train.first, "first."},
                                                          {&checkpoint.train.second, "second."},
                                                          {&checkpoint.best, "best."}};
  for (auto& [arena, prefix] : arenas) {
    const bool is_there = content.find(prefix + parameters[0].name) != nullptr;
    if (!is_there && *prefix != '\0') continue;
    KF_TRY(*arena, read_arena(content, parameters, prefix, path));
  }
  return checkpoint;
}

}  // namespace kfctl
