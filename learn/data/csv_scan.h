// Where the cells of delimited text end (RFC 4180).
//
// 64 bytes at a time: bit masks of quotes, delimiters and line ends; the running XOR of the quote
// mask says what lies inside quotes, where the other two mean nothing.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace kfctl {

struct CsvScan {
  /// Offsets of the delimiters and of the line feeds outside quotes, ascending.
  std::vector<uint32_t> ends;
  bool open_quote = false;  // the text ended inside quotes
};

/// REQUIRES: `text` begins at the beginning of a record and is shorter than 4 GiB.
void scan_csv(std::string_view text, char delimiter, CsvScan& scan);

/// The content of a cell: quotes around it taken off, doubled ones made single. `scratch` holds it
/// where it is not a piece of `cell`. False if a quote stands where none may be.
bool unquote_cell(std::string_view cell, std::string& scratch, std::string_view& content);

}  // namespace kfctl
