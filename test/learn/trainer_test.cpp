#include "learn/train/trainer.h"

#include <doctest/doctest.h>

#include "learn/train/checkpoint.h"
#include "learn/train/metrics_log.h"
#include "test/base/scratch_folder.h"

using namespace kfctl;

namespace {

// A file of 300 rows whose label is the sign of x - y.
struct DataFile : ScratchFolder {
  DataFile() {
    std::string text = "x,y,colour,label\n";
    for (int i = 0; i < 300; ++i) {
      const int x = i * 37 % 101, y = i * 53 % 97;
      text += std::to_string(x) + "," + std::to_string(y) + (i % 3 == 0 ? ",red" : ",blue") +
              (x > y ? ",a\n" : ",b\n");
    }
    write("d.csv", text);
  }

  Prepared prepared(const TrainConfig& changes = {}, RowMemory* memory = nullptr) const {
    TrainConfig config = changes;
    config.data.files = {at("d.csv")};
    config.model.type = "mlp";
    config.model.hidden = {8};
    config.model.dropout = 0.2;
    if (config.train.batch_size == 0) config.train.batch_size = 32;
    return prepare(DiskFiles(), config, nullptr, memory).value();
  }
};

std::unique_ptr<Device> cpu(int threads) {
  DeviceOptions options;
  options.threads = threads;
  return open_device("cpu", DiskFiles(), options).value();
}

void take(Trainer& trainer, int steps) {
  for (int i = 0; i < steps; ++i) REQUIRE(trainer.take_step().ok());
}

}  // namespace

TEST_CASE("a trainer that is given the state of another makes the same steps") {
  const DataFile file;
  const Prepared prepared = file.prepared();
  const std::unique_ptr<Device> device = cpu(1);
  const auto whole = Trainer::make(*device, prepared).value();
  take(*whole, 30);
  const auto first = Trainer::make(*device, prepared).value();
  take(*first, 13);  // in the middle of an epoch
  Checkpoint checkpoint;
  checkpoint.train = first->state().value();
  const std::vector<Parameter> parameters = parameters_of(prepared.architecture);
  const std::string bytes = write_checkpoint(checkpoint, parameters);
  const auto second = Trainer::make(*device, prepared).value();
  REQUIRE(second->restore(read_checkpoint(bytes, parameters, "c").value().train).ok());
  take(*second, 17);
  CHECK(second->state().value().weights == whole->state().value().weights);
  CHECK(second->state().value().second == whole->state().value().second);
  CHECK(second->totals().value().loss == whole->totals().value().loss);
}

TEST_CASE("rows that lie in a file give the same model as rows in memory") {
  const DataFile file;
  RowMemory memory(0, file.path);
  const Prepared mapped = file.prepared({}, &memory), plain = file.prepared();
  CHECK(memory.in_file() > 0);
  CHECK(mapped.rows.dense.in_file());
  CHECK(mapped.fingerprint == plain.fingerprint);
  const std::unique_ptr<Device> device = cpu(2);
  const auto a = Trainer::make(*device, mapped).value();
  const auto b = Trainer::make(*device, plain).value();
  take(*a, 20);
  take(*b, 20);
  CHECK(a->state().value().weights == b->state().value().weights);
  CHECK(a->evaluate(mapped.split.validation).value().loss ==
        b->evaluate(plain.split.validation).value().loss);
}

TEST_CASE("the number of threads changes nothing") {
  const DataFile file;
  const Prepared prepared = file.prepared();
  const std::unique_ptr<Device> one = cpu(1), three = cpu(3);
  const auto a = Trainer::make(*one, prepared).value();
  const auto b = Trainer::make(*three, prepared).value();
  take(*a, 20);
  take(*b, 20);
  CHECK(a->state().value().weights == b->state().value().weights);
}

TEST_CASE("a model that overfits two batches learns them by heart") {
  const DataFile file;
  TrainConfig config;
  config.train.overfit_batches = 2;
  config.train.learning_rate = 0.02;
  config.train.schedule = "constant";
  Prepared prepared = file.prepared(config);
  prepared.architecture.dropout = 0;
  const std::unique_ptr<Device> device = cpu(1);
  const auto trainer = Trainer::make(*device, prepared).value();
  CHECK(trainer->steps_per_epoch() == 2);
  take(*trainer, 600);
  REQUIRE(trainer->reset_totals().ok());
  take(*trainer, 2);
  CHECK(trainer->totals().value().correct == 64);
}

TEST_CASE("a batch in parts learns as the whole does") {
  const DataFile file;
  TrainConfig config;
  config.train.optimiser = "sgd";
  config.train.learning_rate = 0.1;
  Prepared whole = file.prepared(config);
  config.train.accumulate = 4;
  Prepared parts = file.prepared(config);
  whole.architecture.dropout = parts.architecture.dropout = 0;
  const std::unique_ptr<Device> device = cpu(1);
  const auto a = Trainer::make(*device, whole).value();
  const auto b = Trainer::make(*device, parts).value();
  take(*a, 5);  // full batches only
  take(*b, 5);
  const std::vector<float> left = a->state().value().weights, right = b->state().value().weights;
  for (size_t i = 0; i < left.size(); ++i)
    REQUIRE(left[i] == doctest::Approx(right[i]).epsilon(1e-4));
}

TEST_CASE("a loss that explodes names step, layer and a way out") {
  const DataFile file;
  TrainConfig config;
  config.train.optimiser = "sgd";
  config.train.learning_rate = 1e30;
  const Prepared prepared = file.prepared(config);
  const std::unique_ptr<Device> device = cpu(1);
  const auto trainer = Trainer::make(*device, prepared).value();
  Status status = Ok{};
  for (int i = 0; i < 20 && status.ok(); ++i) status = trainer->take_step();
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().message.find("step ") == 0);
  CHECK(status.error().message.find("is not finite") != std::string::npos);
  CHECK(status.error().hint.find("train.learningRate") != std::string::npos);
}

TEST_CASE("metrics survive writing and reading, cut at an epoch") {
  MetricsLog log;
  log.add({1, 10, 1.5e9, {{"train.loss", 0.5}}});
  log.add({2, 20, 1.5e9, {{"train.loss", 0.25}}});
  const MetricsLog read = MetricsLog::read(log.to_jsonl(), "m", 1).value();
  REQUIRE(read.rows().size() == 1);
  CHECK(*read.rows()[0].find("train.loss") == 0.5);
}

// The bytes that TensorBoard's own writer gives for the same event.
TEST_CASE("events are framed as TensorBoard reads them") {
  MetricsLog log;
  log.add({1, 7, 1.5e9, {{"loss", 0.25}}});
  std::string hex;
  for (const char c : log.to_events()) {
    char pair[3];
    std::snprintf(pair, sizeof pair, "%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
    hex += pair;
  }
  CHECK(hex.find(
            "1800000000000000a37f4b2209000000c00b5ad6411a0d627261696e2e4576656e743a324ca9a464") ==
        0);
  CHECK(hex.find("2a0d0a0b0a046c6f7373150000803e") != std::string::npos);
}
