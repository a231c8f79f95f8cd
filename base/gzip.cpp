#include "base/gzip.h"

#include <algorithm>

#include <zlib.h>

namespace kfctl {
namespace {

constexpr int kGzipFormat = MAX_WBITS + 16;  // of deflateInit2 and inflateInit2
constexpr int kMemoryLevel = 8;              // zlib's own default
constexpr size_t kPiece = 64 * 1024;

Bytef* input(std::string_view text) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));  // zlib never writes there
}

// Gives zlib at most as much as its counters hold, which are of 32 bits.
void feed(z_stream& stream, std::string_view& rest) {
  if (stream.avail_in > 0 || rest.empty()) return;
  const std::string_view piece = rest.substr(0, size_t{1} << 30);
  stream.next_in = input(piece);
  stream.avail_in = static_cast<uInt>(piece.size());
  rest.remove_prefix(piece.size());
}

}  // namespace

std::string gzip(std::string_view text) {
  z_stream stream = {};
  deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipFormat, kMemoryLevel,
               Z_DEFAULT_STRATEGY);
  std::string out;
  int state = Z_OK;
  while (state != Z_STREAM_END) {
    feed(stream, text);
    const size_t filled = out.size();
    out.resize(filled + kPiece);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + filled);
    stream.avail_out = static_cast<uInt>(kPiece);
    state = deflate(&stream, text.empty() ? Z_FINISH : Z_NO_FLUSH);
    out.resize(out.size() - stream.avail_out);
  }
  deflateEnd(&stream);
  return out;
}

Result<std::string> gunzip(std::string_view bytes, size_t limit) {
  const Error damaged = project_error("the gzip data is damaged or not whole");
  z_stream stream = {};
  inflateInit2(&stream, kGzipFormat);
  std::string out;
  int state = Z_OK;
  while (state == Z_OK && out.size() <= limit) {
    feed(stream, bytes);
    const size_t filled = out.size();
    out.resize(filled + kPiece);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + filled);
    stream.avail_out = static_cast<uInt>(kPiece);
    state = inflate(&stream, Z_NO_FLUSH);
    out.resize(out.size() - stream.avail_out);
  }
  const bool whole = state == Z_STREAM_END && stream.avail_in == 0 && bytes.empty();
  inflateEnd(&stream);
  if (out.size() > limit) {
    return project_error("the gzip data unpacks to more than " + std::to_string(limit) + " bytes");
  }
  if (!whole) return damaged;
  return out;
}

}  // namespace kfctl
