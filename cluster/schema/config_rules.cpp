// What the API server insists on for ConfigMaps, Secrets, claims and volumes.
#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "cluster/schema/formats.h"
#include "cluster/schema/rules.h"

namespace kfctl {
namespace {

constexpr size_t kMaxData = size_t{1} << 20;

// Checks the keys of one table of data and adds up its bytes.
void check_data(const Spot& data, bool base64, size_t& bytes) {
  for (const auto& [key, value] : data.members()) {
    if (const std::string bad = check_data_key(key); !bad.empty()) value.error("the key " + bad);
    const size_t size = value.text().size();
    bytes += base64 ? size / 4 * 3 : size;
  }
}

void check_size(const Spot& object, size_t bytes) {
  if (bytes <= kMaxData) return;
  object.error("all data together must be at most 1048576 bytes, not " + std::to_string(bytes));
}

// The keys that a Secret of this type must have.
std::vector<std::string_view> keys_of_type(std::string_view type) {
  if (type == "kubernetes.io/tls") return {"tls.crt", "tls.key"};
  if (type == "kubernetes.io/dockerconfigjson") return {".dockerconfigjson"};
  if (type == "kubernetes.io/dockercfg") return {".dockercfg"};
  if (type == "kubernetes.io/ssh-auth") return {"ssh-privatekey"};
  return {};
}

void check_access_modes(const Spot& spec) {
  if (!spec.found()) return;
  const Spot modes = spec["accessModes"];
  if (modes.size() == 0) {
    spec.error("must have accessModes",
               "one or more of ReadWriteOnce, ReadOnlyMany, ReadWriteMany, ReadWriteOncePod");
  }
  const std::vector<std::string> known = {"ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce",
                                          "ReadWriteOncePod"};
  for (const Spot& mode : modes.items()) {
    if (std::find(known.begin(), known.end(), mode.text()) != known.end()) continue;
    mode.error("must be one of " + join(known, ", ") + ", not '" + std::string(mode.text()) + "'",
               did_you_mean(mode.text(), known));
  }
}

}  // namespace

void check_config_map(const Spot& object, int) {
  size_t bytes = 0;
  const Spot data = object["data"];
  const Spot binary = object["binaryData"];
  check_data(data, false, bytes);
  check_data(binary, true, bytes);
  for (const auto& [key, value] : binary.members()) {
    if (data[key].found()) value.error("the key is in data too");
  }
  check_size(object, bytes);
}

void check_secret(const Spot& object, int) {
  size_t bytes = 0;
  check_data(object["data"], true, bytes);
  check_data(object["stringData"], false, bytes);
  check_size(object, bytes);
  for (const std::string_view key : keys_of_type(object["type"].text())) {
    if (object["data"][key].found() || object["stringData"][key].found()) continue;
    object.error("a Secret of type " + std::string(object["type"].text()) + " needs the key '" +
                 std::string(key) + "'");
  }
}

void check_claim(const Spot& object, int) {
  const Spot spec = object["spec"];
  check_access_modes(spec);
  check_selector(spec["selector"]);
  const Spot storage = spec["resources"]["requests"]["storage"];
  if (spec.found() && !storage.found()) {
    spec.error("must say how much storage it requests: resources.requests.storage");
  }
}

void check_volume(const Spot& object, int) {
  const Spot spec = object["spec"];
  check_access_modes(spec);
  if (spec.found() && !spec["capacity"]["storage"].found()) {
    spec.error("must say how much storage it has: capacity.storage");
  }
}

}  // namespace kfctl
