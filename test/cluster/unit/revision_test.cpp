#include "cluster/revision.h"

#include <doctest/doctest.h>

#include "base/hash.h"
#include "cluster/apply_set.h"

using namespace kfctl;

namespace {

const ApplySet kSet = {"kfctl.shop.prod", "ml", true, {}, "set-uid"};

Json config_map(const std::string& name, const std::string& value) {
  return Json::object({{"apiVersion", "v1"},
                       {"kind", "ConfigMap"},
                       {"metadata", Json::object({{"name", name}, {"namespace", "ml"}})},
                       {"data", Json::object({{"key", value}})}});
}

Revision revision(int64_t number, RevisionState state, const std::string& digest) {
  Revision out;
  out.number = number;
  out.state = state;
  out.digest = digest;
  return out;
}

std::string numbers(const std::vector<Revision>& revisions) {
  std::string out;
  for (const Revision& one : revisions) out += std::to_string(one.number) + " ";
  return out;
}

constexpr RevisionState kPending = RevisionState::kPending;
constexpr RevisionState kDeployed = RevisionState::kDeployed;
constexpr RevisionState kFailed = RevisionState::kFailed;

}  // namespace

TEST_CASE("objects come back from the parts they were cut into") {
  const std::vector<Json> objects = {config_map("b", "2"), config_map("a", "1")};
  const std::string text = revision_text(objects);
  CHECK(text == revision_text({objects[1], objects[0]}));
  const std::vector<std::string> parts = revision_parts(text, 20);
  REQUIRE(parts.size() > 3);
  CHECK(revision_parts(text, 1'000'000).size() == 1);

  const Revision one = revision(4, kDeployed, sha256_hex(text));
  const Result<std::vector<Json>> back = revision_objects(one, parts);
  REQUIRE(back.ok());
  CHECK(back.value() == std::vector<Json>{objects[1], objects[0]});
}

TEST_CASE("a revision with a part missing, or another one's part, is refused") {
  const std::string text = revision_text({config_map("a", "1")});
  const Revision one = revision(4, kDeployed, sha256_hex(text));
  std::vector<std::string> parts = revision_parts(text, 20);
  parts.pop_back();
  const Result<std::vector<Json>> cut = revision_objects(one, parts);
  REQUIRE_FALSE(cut.ok());
  CHECK(cut.error().message == "revision 4 is damaged: its parts are not what was recorded");
  CHECK(cut.error().kind == ErrorKind::kCluster);
  CHECK_FALSE(
      revision_objects(one, revision_parts(revision_text({config_map("a", "2")}), 20)).ok());
}

TEST_CASE("a head says all about its revision, and is owned by the parent of the apply set") {
  Revision one = revision(12, kFailed, "abc");
  one.started = "2026-11-24T12:00:00Z";
  one.finished = "2026-11-24T12:00:05Z";
  one.user = "ada";
  one.version = "v1";
  one.message = "more memory";
  one.rolled_back_to = 7;
  one.components = {"db", "web"};
  one.changes = {{"created", 2}};
  one.parts = 3;
  const Json head = revision_head(kSet, one, "bytes");
  CHECK(head.string_at({"metadata", "name"}) == "kfctl-history.shop.prod.r12");
  CHECK(head.at({"metadata", "ownerReferences"})->items()[0].string_at({"uid"}) == "set-uid");
  CHECK(head.at({"metadata", "labels", kPartOfLabel}) == nullptr);  // prune must not know it
  CHECK(parse_part(head).value() == "bytes");

  const Result<Revision> back = parse_revision(*head.find("metadata"));
  REQUIRE(back.ok());
  CHECK(back.value().number == 12);
  CHECK(back.value().state == kFailed);
  CHECK(back.value().started == one.started);
  CHECK(back.value().finished == one.finished);
  CHECK(back.value().user == "ada");
  CHECK(back.value().version == "v1");
  CHECK(back.value().message == "more memory");
  CHECK(back.value().rolled_back_to == 7);
  CHECK(back.value().components == one.components);
  CHECK(back.value().changes == one.changes);
  CHECK(back.value().digest == "abc");
  CHECK(back.value().parts == 3);
}

TEST_CASE("a part is owned by its head") {
  Revision one = revision(2, kPending, "abc");
  one.uid = "head-uid";
  const Json part = revision_part(kSet, one, 1, "x");
  CHECK(part.string_at({"metadata", "name"}) == "kfctl-history.shop.prod.r2.p1");
  const Json& owner = part.at({"metadata", "ownerReferences"})->items()[0];
  CHECK(owner.string_at({"name"}) == "kfctl-history.shop.prod.r2");
  CHECK(owner.string_at({"uid"}) == "head-uid");
  CHECK_FALSE(parse_revision(*part.find("metadata")).ok());
}

TEST_CASE("what is no revision is refused by name") {
  Json metadata = *revision_head(kSet, revision(1, kDeployed, "abc"), "x").find("metadata");
  metadata["labels"]["kfctl.io/revision"] = "one";
  const Result<Revision> refused = parse_revision(metadata);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().message == "Secret/kfctl-history.shop.prod.r1 is no revision of kfctl");
  CHECK_FALSE(parse_revision(Json()).ok());
  CHECK_FALSE(parse_part(Json::object({{"data", Json::object({{"part.gz", "?"}})}})).ok());
}

TEST_CASE("rollback goes to the last deployed revision that is different") {
  std::vector<Revision> all = {revision(1, kDeployed, "a"), revision(2, kDeployed, "b"),
                               revision(3, kDeployed, "b")};  // 3: a drift was repaired
  CHECK(previous_revision(all).value().number == 1);
  all.push_back(revision(4, kFailed, "c"));
  CHECK(previous_revision(all).value().number == 3);
  all.push_back(revision(5, kPending, "d"));
  CHECK(previous_revision(all).value().number == 3);
  CHECK(previous_revision({all[0]}).error().kind == ErrorKind::kUsage);
  CHECK_FALSE(previous_revision({}).ok());
}

TEST_CASE("a revision that is not there: those that are") {
  const std::vector<Revision> all = {revision(2, kDeployed, "a"), revision(5, kFailed, "b")};
  CHECK(find_revision(all, 5).value().digest == "b");
  CHECK(find_revision(all, 3).error().message == "there is no revision 3");
  CHECK(find_revision(all, 3).error().hint == "there are 2, 5");
}

TEST_CASE("the oldest revisions go, but never the last one that was deployed") {
  const std::vector<Revision> all = {revision(1, kDeployed, "a"), revision(2, kDeployed, "b"),
                                     revision(3, kFailed, "c"), revision(4, kFailed, "d")};
  CHECK(numbers(surplus_revisions(all, 4)).empty());
  CHECK(numbers(surplus_revisions(all, 3)) == "1 ");
  CHECK(numbers(surplus_revisions(all, 1)) == "1 3 ");
}

TEST_CASE("an apply of some components replaces theirs and keeps the rest") {
  const std::vector<Json> merged = merged_objects({config_map("a", "1"), config_map("b", "1")},
                                                  {config_map("b", "2"), config_map("c", "2")});
  REQUIRE(merged.size() == 3);
  CHECK(merged[0] == config_map("a", "1"));
  CHECK(merged[1] == config_map("b", "2"));
  CHECK(merged[2] == config_map("c", "2"));
}

TEST_CASE("seconds as a date") { CHECK(utc_text(1'700'000'000) == "2023-11-14T22:13:20Z"); }
