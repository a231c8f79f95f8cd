// Facts: the kinds and types of Kubernetes as cluster/schema/kubernetes.facts has them, for one
// minor version.
//
// The text is compiled in. Opening finds where its kinds and types begin (0.1 ms); a type is parsed
// when it is first asked for and then kept. Facts belong to one thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cluster/schema/schema.h"

namespace kfctl {

enum class KindScope { kNamespaced, kCluster, kRequest };  // kRequest: created, but never stored

struct KindFact {
  std::string_view api_version;  // "apps/v1"
  std::string_view kind;
  KindScope scope = KindScope::kNamespaced;
  std::string_view type;  // "apps.v1.Deployment"
  int first_minor = 0;    // the versions of Kubernetes, 1.first to 1.last, that serve it
  int last_minor = 0;
};

class Facts {
 public:
  /// Those compiled in, for Kubernetes 1.`minor`. A version older or newer than they know is taken
  /// for the oldest or newest they do.
  static Facts builtin(int minor);

  /// Those of a text of that form, which must outlive the result. What a line says of a type is
  /// looked at only when the type is: a TYPE that is none is read as any.
  /// Errors: kInternal with the line if the text has another form.
  static Result<Facts> read(std::string_view text, int minor);

  int first_minor() const { return first_minor_; }
  int last_minor() const { return last_minor_; }
  int minor() const { return minor_; }

  /// The kind as this version of Kubernetes has it, or nullptr.
  const KindFact* find_kind(std::string_view api_version, std::string_view kind) const;

  /// All known API versions that have, or had, the kind in a group, whatever the minor version.
  std::vector<KindFact> versions_of(std::string_view group, std::string_view kind) const;

  /// Every kind that any of the versions has.
  const std::vector<KindFact>& kinds() const { return kinds_; }

  /// The type, or nullptr if there is none of that name. Valid as long as this.
  const Schema* type(std::string_view name) const;

  /// The names of all types, sorted.
  std::vector<std::string_view> type_names() const;

 private:
  struct TypeText {
    std::string_view name;
    std::string_view lines;  // of its fields
  };

  bool serves(const KindFact& kind) const;
  std::unique_ptr<const Schema> parse_type(std::string_view lines) const;

  int first_minor_ = 0, last_minor_ = 0, minor_ = 0;
  std::vector<KindFact> kinds_;
  std::vector<TypeText> types_;  // sorted by name
  mutable std::map<std::string, std::unique_ptr<const Schema>, std::less<>> parsed_;
};

}  // namespace kfctl
