// The YAML reader: yaml-cpp turns text into events, a Builder turns events into Json.
//
// Events, not yaml-cpp's nodes: they carry places, tell plain from quoted scalars, and leave
// aliases to us, who count what they copy. A document of a few hundred bytes whose aliases refer to
// aliases stands for more nodes than memory holds; the count ends that with a plain error.
#include "base/yaml.h"

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>
#include <utility>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "base/yaml_scalar.h"

namespace kfctl {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kTagPrefix = "tag:yaml.org,2002:";

// The byte that `mark` points at: its line and column are wrong at the end of the text.
size_t offset_of(std::string_view text, const YAML::Mark& mark) {
  return std::min(static_cast<size_t>(std::max(mark.pos, 0)), text.size());
}

std::string place_text(std::string_view name, const Place& place) {
  return std::string(name) + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
}

Error error_at(std::string_view text, std::string_view name, size_t offset, std::string_view what,
               std::string hint = "") {
  return Error(ErrorKind::kProject,
               place_text(name, place_of(text, offset)) + ": " + std::string(what), std::move(hint),
               excerpt_of(text, offset, 1));
}

// yaml-cpp reports `null` and nothing at all alike, but a document of nothing is no document.
bool says_null(std::string_view text, const YAML::Mark& mark) {
  const std::string_view rest = text.substr(offset_of(text, mark));
  return rest.starts_with('~') || to_lower_ascii(rest.substr(0, 4)) == "null";
}

// Thrown through yaml-cpp, which has no other way to stop, and caught in this file.
struct Stop {
  YAML::Mark mark;
  std::string what;
  std::string hint;
};

// yaml-cpp turns "\N" and "\_" into single bytes of Latin-1. The text was valid UTF-8, so what is
// not in a scalar came from these.
std::string with_latin1_repaired(std::string value) {
  for (size_t bad = find_invalid_utf8(value); bad != std::string::npos;
       bad = find_invalid_utf8(value)) {
    value.insert(bad, 1, '\xC2');
  }
  return value;
}

class Builder : public YAML::EventHandler {
 public:
  Builder(std::string_view text, const YamlLimits& limits) : text_(text), limits_(limits) {}

  /// The document that the parser has just handled; nothing if it was empty.
  std::optional<Json> take() {
    anchors_.clear();
    return std::exchange(document_, std::nullopt);
  }

  // yaml-cpp stops in front of a token that can begin no document, and would report empty documents
  // there for ever.
  void OnDocumentStart(const YAML::Mark& mark) override {
    if (mark.pos <= last_start_) throw Stop{mark, "text that belongs to no value", ""};
    last_start_ = mark.pos;
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (frames_.empty() && !says_null(text_, mark)) return;
    add(mark, anchor, Json(), Scalar{ScalarType::kNull});
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& raw) override {
    const std::string value = with_latin1_repaired(raw);
    count(mark, 1, value.size());
    const bool plain = tag == "?";
    PlainScalar scalar{ScalarType::kString, Json(value)};
    if (plain) {
      scalar = resolve_plain_scalar(value);
    } else if (tag != "!") {
      scalar = tagged(mark, tag, value);
    }
    const bool infinite = scalar.type == ScalarType::kInfinite;
    if (infinite) throw Stop{mark, "'" + value + "' is not a number that JSON has", "quote it"};
    add(mark, anchor, std::move(scalar.value), Scalar{scalar.type});
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) throw Stop{mark, "an alias inside of what it stands for", ""};
    count_copy(mark, found->second);
    add(mark, YAML::NullAnchor, found->second, Scalar{ScalarType::kString});
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    check_collection_tag(mark, tag, "seq");
    open(mark, anchor, false);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    check_collection_tag(mark, tag, "map");
    open(mark, anchor, true);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

 private:
  struct Scalar {
    ScalarType type;
  };

  // A collection that is being read.
  struct Frame {
    YAML::Mark mark;
    YAML::anchor_t anchor = YAML::NullAnchor;
    bool is_map = false;
    Json::Array items;
    std::vector<Json::Member> members;  // written here, in their order
    std::map<std::string, bool> keys;   // what `members` holds
    std::vector<Json::Member> merged;   // brought in by "<<", weaker than `members`
    std::optional<std::string> key;     // waits for its value
    bool merges = false;                // the key was "<<"
  };

  void count(const YAML::Mark& mark, size_t nodes, size_t bytes) {
    nodes_ += nodes;
    bytes_ += bytes;
    if (nodes_ > limits_.max_nodes || bytes_ > limits_.max_string_bytes) {
      throw Stop{mark, "the document is too large once its aliases are written out",
                 "write less with anchors and aliases, or split the file"};
    }
  }

  void count_copy(const YAML::Mark& mark, const Json& value) {
    count(mark, 1, value.is_string() ? value.as_string().size() : 0);
    if (value.is_array()) {
      for (const Json& item : value.items()) count_copy(mark, item);
    } else if (value.is_object()) {
      for (const Json::Member& member : value.members()) {
        count(mark, 0, member.first.size());
        count_copy(mark, member.second);
      }
    }
  }

  static PlainScalar tagged(const YAML::Mark& mark, const std::string& tag,
                            const std::string& value) {
    const std::string_view type =
        tag.starts_with(kTagPrefix) ? std::string_view(tag).substr(kTagPrefix.size()) : "";
    if (type == "str") return {ScalarType::kString, Json(value)};
    PlainScalar scalar = resolve_plain_scalar(value);
    if (type == "float" && scalar.type == ScalarType::kInt) return scalar;
    const bool agrees = (type == "int" && scalar.type == ScalarType::kInt) ||
                        (type == "float" && scalar.type == ScalarType::kFloat) ||
                        (type == "bool" && scalar.type == ScalarType::kBool) ||
                        (type == "null" && scalar.type == ScalarType::kNull) ||
                        (type == "timestamp" && scalar.type == ScalarType::kTimestamp);
    if (agrees) return scalar;
    if (type == "int" || type == "float" || type == "bool" || type == "null") {
      throw Stop{mark, "'" + value + "' is not of the type !!" + std::string(type), ""};
    }
    throw Stop{mark, "unknown tag '" + tag + "'", "Kubernetes knows no tags of an application"};
  }

  static void check_collection_tag(const YAML::Mark& mark, const std::string& tag,
                                   std::string_view type) {
    const bool known =
        tag == "?" || tag == "!" || tag == std::string(kTagPrefix) + std::string(type);
    if (!known) throw Stop{mark, "unknown tag '" + tag + "'", ""};
  }

  void open(const YAML::Mark& mark, YAML::anchor_t anchor, bool is_map) {
    count(mark, 1, 0);
    if (!frames_.empty() && expects_key()) throw Stop{mark, "a key must be a single value", ""};
    Frame frame;
    frame.mark = mark;
    frame.anchor = anchor;
    frame.is_map = is_map;
    frames_.push_back(std::move(frame));
  }

  void close() {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    if (!frame.is_map) {
      add(frame.mark, frame.anchor, Json(std::move(frame.items)), Scalar{ScalarType::kString});
      return;
    }
    for (Json::Member& member : frame.merged) {
      if (frame.keys.emplace(member.first, true).second) frame.members.push_back(std::move(member));
    }
    add(frame.mark, frame.anchor, Json::object(std::move(frame.members)),
        Scalar{ScalarType::kString});
  }

  bool expects_key() const { return frames_.back().is_map && !frames_.back().key.has_value(); }

  void add(const YAML::Mark& mark, YAML::anchor_t anchor, Json value, Scalar scalar) {
    if (anchor != YAML::NullAnchor) {
      count_copy(mark, value);
      anchors_[anchor] = value;
    }
    if (frames_.empty()) {
      document_ = std::move(value);
    } else if (!frames_.back().is_map) {
      frames_.back().items.push_back(std::move(value));
    } else if (expects_key()) {
      add_key(mark, value, scalar);
    } else {
      add_value(mark, std::move(value));
    }
  }

  void add_key(const YAML::Mark& mark, const Json& value, Scalar scalar) {
    Frame& frame = frames_.back();
    frame.merges = scalar.type == ScalarType::kMerge;
    if (value.is_null()) throw Stop{mark, "a key is missing, or it is null", "quote the key"};
    if (value.is_array() || value.is_object()) {
      throw Stop{mark, "a key must be a single value", ""};
    }
    std::string key = value.is_string()   ? value.as_string()
                      : value.is_double() ? yaml_number_text(value.as_double())
                                          : value.dump();
    if (!frame.merges && !frame.keys.emplace(key, true).second) {
      throw Stop{mark, "the key '" + key + "' is twice in this mapping", "remove one of them"};
    }
    frame.key = std::move(key);
  }

  void add_value(const YAML::Mark& mark, Json value) {
    Frame& frame = frames_.back();
    std::string key = std::move(*frame.key);
    frame.key.reset();
    if (!frame.merges) {
      frame.members.emplace_back(std::move(key), std::move(value));
      return;
    }
    Json::Array sources = value.is_array() ? std::move(value.items()) : Json::Array{value};
    for (Json& source : sources) {
      if (!source.is_object()) throw Stop{mark, "'<<' needs a mapping or a list of mappings", ""};
      for (Json::Member& member : source.members()) frame.merged.push_back(std::move(member));
    }
  }

  std::string_view text_;
  const YamlLimits& limits_;
  std::vector<Frame> frames_;
  std::map<YAML::anchor_t, Json> anchors_;
  std::optional<Json> document_;
  size_t nodes_ = 0;
  size_t bytes_ = 0;
  int last_start_ = -1;  // of the documents so far
};

// Follows one path through the events and remembers where it last was.
class Locator : public YAML::EventHandler {
 public:
  Locator(std::string_view text, const std::vector<std::string>& path) : text_(text), path_(path) {}

  YAML::Mark found;
  bool empty = false;  // the document had nothing in it
  int start = 0;

  void OnDocumentStart(const YAML::Mark& mark) override { start = mark.pos; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
    empty = frames_.empty() && !says_null(text_, mark);
    leaf(mark, "");
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { leaf(mark, ""); }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                const std::string& value) override {
    leaf(mark, value);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    open(mark, false);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    open(mark, true);
  }
  void OnSequenceEnd() override { frames_.pop_back(), finish_value(); }
  void OnMapEnd() override { frames_.pop_back(), finish_value(); }

 private:
  struct Frame {
    bool is_map = false;
    bool on_path = false;  // this collection is the value at the first `depth` parts
    bool matches = false;  // so is the value that comes next, with one part more
    bool wants_key = true;
    size_t position = 0;
  };

  bool next_is_on_path(const YAML::Mark& mark) {
    if (frames_.empty()) return true;
    Frame& frame = frames_.back();
    if (frame.is_map || !frame.on_path) return frame.matches;
    frame.matches = frames_.size() <= path_.size() &&
                    path_[frames_.size() - 1] == std::to_string(frame.position);
    if (frame.matches) found = mark;
    return frame.matches;
  }

  bool is_key() const {
    return !frames_.empty() && frames_.back().is_map && frames_.back().wants_key;
  }

  void leaf(const YAML::Mark& mark, const std::string& value) {
    if (!is_key()) {
      if (next_is_on_path(mark) && frames_.empty()) found = mark;
      finish_value();
      return;
    }
    Frame& frame = frames_.back();
    frame.wants_key = false;
    frame.matches =
        frame.on_path && frames_.size() <= path_.size() && path_[frames_.size() - 1] == value;
    if (frame.matches) found = mark;
  }

  void open(const YAML::Mark& mark, bool is_map) {
    Frame frame;
    frame.is_map = is_map;
    frame.on_path = next_is_on_path(mark);
    if (frames_.empty()) found = mark;
    frames_.push_back(frame);
  }

  void finish_value() {
    if (frames_.empty()) return;
    Frame& frame = frames_.back();
    frame.wants_key = true;
    frame.matches = false;
    ++frame.position;
  }

  std::string_view text_;
  const std::vector<std::string>& path_;
  std::vector<Frame> frames_;
};

// A control character that YAML does not allow; yaml-cpp would take one of them for the end.
size_t find_control_character(std::string_view text) {
  const auto bad = [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t';
  };
  const auto found = std::find_if(text.begin(), text.end(), bad);
  return found == text.end() ? std::string_view::npos : static_cast<size_t>(found - text.begin());
}

Status check_bytes(std::string_view text, std::string_view name, const YamlLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return project_error(std::string(name) + ": larger than " +
                         std::to_string(limits.max_bytes >> 20) + " MiB");
  }
  if (const size_t bad = find_invalid_utf8(text); bad != std::string_view::npos) {
    return error_at(text, name, bad, "not valid UTF-8");
  }
  if (const size_t bad = find_control_character(text); bad != std::string_view::npos) {
    return error_at(text, name, bad, "a control character; write it as an escape in double quotes");
  }
  return Ok{};
}

// The byte where the value at `path` begins; documents are counted as parse_yaml_stream does.
size_t offset_in_yaml(std::string_view text, size_t document,
                      const std::vector<std::string>& path) {
  const size_t skipped = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  text.remove_prefix(skipped);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    int last_start = -1;
    for (size_t number = 0;;) {
      Locator locator(text, path);
      if (!parser.HandleNextDocument(locator) || locator.start <= last_start) return 0;
      last_start = locator.start;
      if (locator.empty) continue;
      if (number++ == document) return skipped + offset_of(text, locator.found);
    }
  } catch (const YAML::Exception&) {
    return 0;
  }
}

}  // namespace

Result<std::vector<Json>> parse_yaml_stream(std::string_view text, std::string_view name,
                                            const YamlLimits& limits) {
  KF_DO(check_bytes(text, name, limits));
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::vector<Json> documents;
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    Builder builder(text, limits);
    while (parser.HandleNextDocument(builder)) {
      std::optional<Json> document = builder.take();
      if (document) documents.push_back(std::move(*document));
    }
  } catch (const Stop& stop) {
    return error_at(text, name, offset_of(text, stop.mark), stop.what, stop.hint);
  } catch (const YAML::Exception& error) {
    return error_at(text, name, offset_of(text, error.mark), error.msg);
  }
  return documents;
}

Result<Json> parse_yaml(std::string_view text, std::string_view name) {
  KF_TRY(std::vector<Json> documents, parse_yaml_stream(text, name));
  if (documents.size() > 1) {
    return yaml_error_at(text, name, 1, {}, "a second document where one was expected");
  }
  return documents.empty() ? Json() : std::move(documents.front());
}

Place place_in_yaml(std::string_view text, size_t document, const std::vector<std::string>& path) {
  return place_of(text, offset_in_yaml(text, document, path));
}

Error yaml_error_at(std::string_view text, std::string_view name, size_t document,
                    const std::vector<std::string>& path, std::string_view what, std::string hint) {
  const size_t offset = offset_in_yaml(text, document, path);
  Error error = error_at(text, name, offset, what, std::move(hint));
  const size_t length = path.empty() ? 1 : path.back().size();
  if (text.substr(offset, length) == (path.empty() ? "" : path.back())) {
    error.excerpt = excerpt_of(text, offset, length);
  }
  return error;
}

}  // namespace kfctl
