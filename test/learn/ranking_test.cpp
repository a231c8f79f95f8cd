#include "learn/evaluate/ranking.h"

#include <cmath>

#include <doctest/doctest.h>

#include "learn/evaluate/metrics.h"

using namespace kfctl;

// The values are those of scikit-learn 1.2's roc_auc_score and average_precision_score.
TEST_CASE("areas are exact, ties count half") {
  const std::vector<float> scores = {0.1F, 0.4F, 0.35F, 0.8F};
  const Curves curves = rank(scores, {false, false, true, true});
  CHECK(curves.roc_auc == doctest::Approx(0.75));
  CHECK(curves.pr_auc == doctest::Approx(0.8333333333));
  const std::vector<float> ties = {0.5F, 0.5F, 0.5F, 0.2F};
  const Curves tied = rank(ties, {true, false, true, false});
  CHECK(tied.roc_auc == doctest::Approx(0.75));
  CHECK(tied.pr_auc == doctest::Approx(2.0 / 3));
  CHECK(std::isnan(rank(scores, {true, true, true, true}).roc_auc));
}

TEST_CASE("classification: figures that can be checked by hand") {
  Target target;
  target.classes = {"no", "yes"};
  const std::vector<float> said = {0.9F, 0.1F, 0.2F, 0.8F, 0.6F, 0.4F, 0.5F, 0.5F};
  const Evaluation e = evaluate_classes(target, said, {0, 1, 1, -1});
  CHECK(e.rows == 3);
  CHECK(e.unknown == 1);
  CHECK(e.accuracy == doctest::Approx(2.0 / 3));
  CHECK(e.classes[1].precision == doctest::Approx(1));
  CHECK(e.classes[1].recall == doctest::Approx(0.5));
  CHECK(e.log_loss == doctest::Approx((-std::log(0.9) - std::log(0.8) - std::log(0.4)) / 3));
  CHECK(e.brier == doctest::Approx((0.01 + 0.04 + 0.36) / 3));
  CHECK(e.macro_roc_auc == doctest::Approx(1));
}

TEST_CASE("regression: figures that can be checked by hand") {
  const std::vector<float> said = {1, 2, 4};
  const std::vector<double> truth = {1, 2, 3};
  const Evaluation e = evaluate_values(said, truth);
  CHECK(e.mae == doctest::Approx(1.0 / 3));
  CHECK(e.rmse == doctest::Approx(std::sqrt(1.0 / 3)));
  CHECK(e.r2 == doctest::Approx(0.5));
}
