// A plan comes from a file that anybody may have written, and a revision from a Secret that anybody
// with the right may have changed. None of it may crash us; what is read as a plan is written back
// as one that is read the same.
#include <cstdint>
#include <cstdlib>

#include "base/gzip.h"
#include "base/hash.h"
#include "cluster/revision.h"
#include "cluster/saved_plan.h"

using namespace kfctl;

namespace {

// The digest stands in the way of every change: put the right one in.
std::string with_digest(std::string_view text) {
  Result<Json> parsed = parse_json(text, "fuzz");
  if (!parsed.ok() || !parsed.value().is_object()) return std::string(text);
  Json& json = parsed.value();
  json.erase("digest");
  json["digest"] = sha256_hex(json.dump());
  return json.dump();
}

void read_plan(std::string_view text) {
  const Result<SavedPlan> plan = parse_saved_plan(text, "fuzz");
  if (!plan.ok()) return;
  const std::string written = saved_plan_text(plan.value());
  const Result<SavedPlan> again = parse_saved_plan(written, "fuzz");
  if (!again.ok() || saved_plan_text(again.value()) != written) std::abort();
  static_cast<void>(check_render(plan.value(), plan.value().objects));
}

void read_revision(std::string_view text) {
  Revision revision;
  revision.digest = sha256_hex(text);
  static_cast<void>(revision_objects(revision, revision_parts(text, 100)));
  static_cast<void>(revision_objects(revision, {std::string(text)}));
  const Result<Json> secret = parse_json(text, "fuzz");
  if (!secret.ok()) return;
  static_cast<void>(parse_revision(secret.value()));
  static_cast<void>(parse_part(secret.value()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  read_plan(text);
  read_plan(with_digest(text));
  read_revision(text);
  return 0;
}
