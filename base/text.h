// Text: places in a source, near words, splitting, UTF-8. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kfctl {

struct Place {
  int line = 1;    // from 1
  int column = 1;  // from 1, counted in code points
};

/// The place of byte `offset` in `text`; an offset beyond the end is the end.
Place place_of(std::string_view text, size_t offset);

/// The line of `text` that holds byte `offset`, and under it a caret with `length` - 1 tildes:
///     image: parms.image,
///            ^~~~~
/// Tabs and all control characters become one space, so that a file cannot steer the terminal; a
/// line over 160 columns is cut to a window around the caret.
std::string excerpt_of(std::string_view text, size_t offset, size_t length);

/// The one of `candidates` that `word` is most likely a slip of, or "" if none is near: at most a
/// third of its letters differ (insertions, deletions, substitutions, swaps of neighbours), or
/// `word` is the beginning of exactly one of them. The first of equals wins.
std::string nearest_word(std::string_view word, const std::vector<std::string>& candidates);

/// "did you mean 'params'?", or `otherwise` if no candidate is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates,
                         std::string_view otherwise = "");

std::string_view trim(std::string_view text);

/// split("a,,b", ',') is {"a", "", "b"}; split("", ',') is {""}. Views into `text`.
std::vector<std::string_view> split(std::string_view text, char separator);

/// The lines of `text` without their ends (\n or \r\n); a last line without an end counts.
std::vector<std::string_view> split_lines(std::string_view text);

std::string join(const std::vector<std::string>& parts, std::string_view separator);

/// The offset of the first byte of `text` that is not valid UTF-8, or npos.
size_t find_invalid_utf8(std::string_view text);

/// Appends the UTF-8 form of `code_point`. REQUIRES: a Unicode scalar value.
void append_utf8(std::string& out, uint32_t code_point);

/// Columns `text` takes on a terminal: code points, wide East Asian ones and emoji counted as two,
/// combining marks as none.
int display_width(std::string_view text);

std::string to_lower_ascii(std::string_view text);

/// Standard base64 (RFC 4648 section 4), with padding.
std::string base64_encode(std::string_view bytes);

/// False if `text` is not base64 (line ends are skipped); `out` is then unspecified.
bool base64_decode(std::string_view text, std::string& out);

}  // namespace kfctl
