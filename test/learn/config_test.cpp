#include "learn/train/config.h"

#include <doctest/doctest.h>

#include "learn/train/schedule.h"

using namespace kfctl;

TEST_CASE("a printed config reads as the same config") {
  TrainConfig config;
  config.data.files = {"a.csv"};
  config.data.features["x"] = "numeric";
  config.model.hidden = {3, 2};
  config.train.learning_rate = 0.3;
  const ConfigResult read = read_config(to_json(config));
  REQUIRE(read.errors.empty());
  CHECK(to_json(read.config) == to_json(config));
}

TEST_CASE("what is wrong is named with its path and the near word") {
  const auto first = [](const char* text) {
    return read_config(parse_json(text, "t").value()).errors.at(0);
  };
  CHECK(first(R"({"train": {"batchsize": 3}})").error.hint == "did you mean 'batchSize'?");
  CHECK(first(R"({"trian": {}})").error.hint == "did you mean 'train'?");
  CHECK(first(R"({"epochs": 3})").error.hint == "did you mean 'train.epochs'?");
  const ConfigError range = first(R"({"model": {"dropout": 2}})");
  CHECK(range.error.message == "model.dropout: 2 is not from 0 to 0.99");
  CHECK(range.path == std::vector<std::string>{"model", "dropout"});
  CHECK(first(R"({"train": 3})").error.message == "train: an object is wanted, not 3");
  CHECK(first(R"({"train": {"optimiser": "adamm"}})").error.hint == "did you mean 'adam'?");
  CHECK(first(R"({"model": {"hidden": [0]}})").error.message.find("whole numbers") !=
        std::string::npos);
}

TEST_CASE("--set takes numbers, words and lists") {
  Json json = Json::object();
  CHECK(set_field(json, "train.learningRate", "1e-2").ok());
  CHECK(set_field(json, "model.hidden", "64,32").ok());
  CHECK(set_field(json, "data.files", "a.csv,b.csv").ok());
  CHECK(set_field(json, "data.features.x", "categorical").ok());
  CHECK(set_field(json, "data.label", "7").ok());
  const ConfigResult read = read_config(json);
  REQUIRE(read.errors.empty());
  CHECK(read.config.train.learning_rate == 0.01);
  CHECK(read.config.model.hidden == std::vector<int64_t>{64, 32});
  CHECK(read.config.data.files.size() == 2);
  CHECK(read.config.data.features.at("x") == "categorical");
  CHECK(read.config.data.label == "7");
  CHECK(set_field(json, "train.epoch", "3").error().hint == "did you mean 'train.epochs'?");
}

TEST_CASE("the rate warms up in a line and ends at its final share") {
  TrainingConfig config;
  config.learning_rate = 1, config.warmup_steps = 4, config.final_rate = 0.1;
  CHECK(learning_rate_at(config, 0, 100) == doctest::Approx(0.25));
  CHECK(learning_rate_at(config, 3, 100) == doctest::Approx(1));
  CHECK(learning_rate_at(config, 4, 100) == doctest::Approx(1));
  CHECK(learning_rate_at(config, 52, 100) == doctest::Approx(0.55));
  CHECK(learning_rate_at(config, 100, 100) == doctest::Approx(0.1));
  config.schedule = "constant";
  CHECK(learning_rate_at(config, 99, 100) == 1);
}
