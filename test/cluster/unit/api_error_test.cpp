#include "cluster/api_error.h"

#include <doctest/doctest.h>

using namespace kfctl;

namespace {

HttpAnswer answer(int status, std::string body) {
  HttpAnswer out;
  out.status = status;
  out.body = std::move(body);
  return out;
}

std::string status_body(const std::string& reason, const std::string& message,
                        const std::string& causes = "[]") {
  return R"({"kind":"Status","reason":")" + reason + R"(","message":")" + message +
         R"(","details":{"causes":)" + causes + "}}";
}

Json parsed(std::string_view text) { return parse_json(text, "test").value(); }

}  // namespace

TEST_CASE("an invalid object is told field by field") {
  const Error error = api_error(
      answer(422,
             status_body("Invalid", "all of it in one line",
                         R"([{"reason":"FieldValueInvalid","message":"must be positive",)"
                         R"("field":"spec.replicas"},{"message":"required","field":"spec.x"}])")),
      "https://k", "Deployment/web");
  CHECK(error.kind == ErrorKind::kCluster);
  CHECK(error.message ==
        "Deployment/web: invalid\n  spec.replicas: must be positive\n  spec.x: required");
}

TEST_CASE("forbidden, unauthorised and unreachable are different errors") {
  const Error forbidden =
      api_error(answer(403, status_body("Forbidden", "no rights")), "https://k", "Pod/a");
  CHECK(forbidden.message == "Pod/a: forbidden: no rights");
  CHECK(forbidden.hint.find("role") != std::string::npos);
  CHECK(api_error(answer(401, ""), "https://k", "Pod/a").message == "Pod/a: unauthorised");
  HttpAnswer refused;
  refused.fault = HttpFault::kRefused;
  const Error unreachable = api_error(refused, "https://k", "Pod/a");
  CHECK(unreachable.kind == ErrorKind::kNetwork);
  CHECK(unreachable.message.starts_with("https://k: connection refused"));
}

TEST_CASE("a page that is no answer of an API server is shown in part") {
  const Error error = api_error(answer(502, std::string(5000, 'x')), "https://k", "Pod/a");
  CHECK(error.message == "Pod/a: refused by the server (502): " + std::string(400, 'x'));
}

TEST_CASE("an immutable field is explained") {
  const HttpAnswer immutable = answer(
      422, status_body("Invalid", "x", R"([{"message":"field is immutable","field":"spec.a"}])"));
  CHECK(api_error(immutable, "", "x").hint.find("cannot change while the object exists") !=
        std::string::npos);
}

TEST_CASE("conflicts carry manager, field and both values") {
  const ApiStatus status = parse_status(answer(
      409, status_body("Conflict", "x",
                       R"([{"reason":"FieldManagerConflict","message":"conflict with \"kubectl\" )"
                       R"(using apps/v1","field":".spec.replicas"},{"reason":"Other"}])")));
  const std::vector<FieldConflict> conflicts =
      parse_conflicts(status, parsed(R"({"spec":{"replicas":2}})"), parsed(R"({"spec":{}})"));
  REQUIRE(conflicts.size() == 1);
  CHECK(conflicts[0].manager == "kubectl");
  CHECK(conflicts[0].ours == "2");
  CHECK(conflicts[0].theirs == "");
  const Error error = conflict_error({"apps/v1", "Deployment", "ns", "web"}, conflicts);
  CHECK(error.message.find("\n  .spec.replicas belongs to \"kubectl\"; ours: 2") !=
        std::string::npos);
}

TEST_CASE("the server's paths lead through lists of named things and keys with dots") {
  const Json object = parsed(R"({"metadata":{"labels":{"a.b/c":"1","a":"2"}},
      "spec":{"containers":[{"name":"x","image":"i"},{"name":"y]","image":"j",
      "ports":[{"containerPort":80}]}]},"set":["p","q"]})");
  const auto at = [&object](std::string_view path) {
    const Json* const value = find_by_server_path(object, path);
    return value == nullptr ? "-" : value->dump();
  };
  CHECK(at(".metadata.labels.a.b/c") == "\"1\"");
  CHECK(at(".metadata.labels.a") == "\"2\"");
  CHECK(at(R"(.spec.containers[name="y]"].image)") == "\"j\"");
  CHECK(at(R"(.spec.containers[name="y]"].ports[containerPort=80,protocol="TCP"])") ==
        R"({"containerPort":80})");
  CHECK(at(R"(.spec.containers[name="z"].image)") == "-");
  CHECK(at(R"(.set[="q"])") == "\"q\"");
  CHECK(at(".spec.containers[broken") == "-");
  CHECK(at(".nowhere.at.all") == "-");
}

TEST_CASE("only conflicts that pass are worth repeating") {
  CHECK(is_transient_conflict(answer(409, status_body("Conflict", "object has been modified"))));
  CHECK(is_transient_conflict(answer(409, status_body("AlreadyExists", "x"))));
  CHECK_FALSE(is_transient_conflict(
      answer(409, status_body("Conflict", "x", R"([{"reason":"FieldManagerConflict"}])"))));
  CHECK_FALSE(
      is_transient_conflict(answer(409, status_body("Conflict", "Precondition failed: UID"))));
  CHECK(is_lasting_failure(answer(500, "failed to create typed patch object")));
  CHECK_FALSE(is_lasting_failure(answer(500, "etcdserver: leader changed")));
}

TEST_CASE("a server or a namespace that has just begun is told from one that forbids") {
  const auto forbidden = [](const std::string& message) {
    return is_still_starting(answer(403, status_body("Forbidden", message)));
  };
  CHECK(forbidden("pods \\\"x\\\" is forbidden: not yet ready to handle request"));
  CHECK(
      forbidden("pods \\\"x\\\" is forbidden: error looking up service account ml/default: "
                "serviceaccount \\\"default\\\" not found"));
  CHECK_FALSE(
      forbidden("pods \\\"x\\\" is forbidden: error looking up service account ml/own: "
                "serviceaccount \\\"own\\\" not found"));
  CHECK_FALSE(forbidden("User cannot create pods"));
  CHECK(is_failed_precondition(answer(409, status_body("Conflict", "Precondition failed: UID"))));
  const HttpAnswer changed =
      answer(409, status_body("Conflict",
                              "the ResourceVersion in the precondition (1) does not "
                              "match the ResourceVersion in record (2)"));
  CHECK(is_failed_precondition(changed));
  CHECK_FALSE(is_transient_conflict(changed));
  CHECK_FALSE(is_failed_precondition(answer(409, status_body("Conflict", "modified"))));
}

TEST_CASE("a webhook that does not answer is told apart from other failures of the server") {
  HttpAnswer answer;
  answer.status = 500;
  answer.body =
      R"({"kind":"Status","code":500,"reason":"InternalError","message":"Internal error occurred: failed calling webhook \"v.x.org\": dial tcp: connection refused"})";
  CHECK(is_webhook_failure(answer));
  CHECK(api_error(answer, "https://s", "apply TFJob/a").hint.find("webhook") != std::string::npos);
  const std::string body = answer.body;
  answer.body =
      status_body("InternalError", "conversion webhook for x.org/v2, Kind=A failed: Post");
  CHECK(is_webhook_failure(answer));
  answer.body = body;
  answer.status = 400;
  CHECK_FALSE(is_webhook_failure(answer));
  answer.status = 500;
  answer.body = "{}";
  CHECK_FALSE(is_webhook_failure(answer));
}
