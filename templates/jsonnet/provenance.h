// Where values come from: what an engine can say about the leaves of its output, and what rooms
// above it (templates/app/explain.h) add for the files they know.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "templates/jsonnet/value_path.h"

namespace kfctl {

/// A piece of a source, one-based; columns count code points.
struct SourcePlace {
  std::string file;
  int line = 0;  // 0: the whole file, or no file at all (something that kfctl itself adds)
  int column = 0;
  std::string text;     // the expression, cut to one line of at most 60 columns
  std::string excerpt;  // the line with a caret; may be empty

  /// "components/web.jsonnet:3:12", or the file alone.
  std::string at() const;
};

enum class OriginKind {
  kLiteral,   // written there
  kComputed,  // the result of an operator, a function of the library or the like
  kText,      // the text of a file (importstr)
  kExternal,  // --ext-str, --tla-str
  kGiven,     // an argument that a function of the library chose (std.foldl, std.sort ...)
  kAdded,     // kfctl adds it: `place.text` says why
  kUnknown,   // the way is lost at this place
};
/// "literal", "computed", ...
std::string_view origin_kind_name(OriginKind kind);

/// A place that gives a value, or would give it if nothing overrode it.
struct Origin {
  OriginKind kind = OriginKind::kUnknown;
  SourcePlace place;
  std::optional<Json> value;  // nothing if it is an object or an array
  std::string external;       // not "": the way went through the external variable of this name ...
  ValuePath inside;           // ... at this path
};

/// On the way an expression that only hands the value on: a variable, a field of another object, a
/// call, an import.
struct Hop {
  SourcePlace place;
  std::string external;  // not "": it hands on an external variable, this one
};

/// Where one value of the output comes from.
struct Provenance {
  ValuePath path;         // within the output
  std::vector<Hop> hops;  // from the output to the origin
  Origin origin;
  std::vector<Origin> overridden;  // what the origin's layer hides, from the nearest to the bottom
  std::vector<Origin> inputs;      // of a computed origin: what the references in it come from;
                                   // `place.text` of each is the reference as it is written there
};

}  // namespace kfctl
