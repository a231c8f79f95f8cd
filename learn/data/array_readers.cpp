// Files that hold one array: IDX (MNIST) and NPY; and NPZ, a zip of NPY files.
//
// IDX: two zero bytes, element type, number of dimensions, sizes as 32-bit big-endian, then the
// elements. NPY: "\x93NUMPY", version, header length, a Python dict with descr, fortran_order and
// shape, then the elements. NPZ: members found through the central directory at the end, stored or
// deflated, zip64 sizes refused (an array over 4 GiB comes as .npy).
//
// The first dimension counts rows. One dimension makes a column of numbers, more a tensor column.
#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <optional>

#include <zlib.h>

#include "base/text.h"
#include "learn/data/reader.h"

namespace kfctl {
namespace {

constexpr size_t kMostElements = size_t{1} << 33;

struct Array {
  char type = 'f';  // f float, i signed, u unsigned, as NumPy calls them; b for bool
  size_t size = 4;  // bytes of an element
  bool swapped = false;
  std::vector<size_t> shape;
  std::string_view data;
};

template <typename T>
T load(const char* bytes, bool swapped) {
  char copy[sizeof(T)];
  std::memcpy(copy, bytes, sizeof copy);
  if (swapped) std::reverse(copy, copy + sizeof copy);
  T value;
  std::memcpy(&value, copy, sizeof value);
  return value;
}

double element(const Array& array, size_t index) {
  const char* at = array.data.data() + index * array.size;
  const bool swapped = array.swapped;
  if (array.type == 'f')
    return array.size == 4 ? static_cast<double>(load<float>(at, swapped))
                           : load<double>(at, swapped);
  const bool is_signed = array.type == 'i';
  switch (array.size) {
    case 1:
      return is_signed ? load<int8_t>(at, false) : load<uint8_t>(at, false);
    case 2:
      return is_signed ? load<int16_t>(at, swapped) : load<uint16_t>(at, swapped);
    case 4:
      return is_signed ? load<int32_t>(at, swapped) : load<uint32_t>(at, swapped);
    default:
      return is_signed ? static_cast<double>(load<int64_t>(at, swapped))
                       : static_cast<double>(load<uint64_t>(at, swapped));
  }
}

// Checks the sizes and makes a frame of one column.
Result<Frame> frame_of(const Array& array, const std::string& path, const std::string& name) {
  if (array.shape.empty()) return project_error(path + ": a single number is no data set");
  const Error too_large = project_error(path + ": the array is too large");
  // The width of a row first: no rows must not hide a width that overflows.
  size_t width = 1;
  for (size_t i = 1; i < array.shape.size(); ++i) {
    const size_t size = array.shape[i];
    if (size == 0 || size > INT32_MAX) {
      return project_error(path + ": dimension " + std::to_string(i) + " has size " +
                           std::to_string(size));
    }
    if (width > kMostElements / size) return too_large;
    width *= size;
  }
  if (array.shape[0] > kMostElements / width) return too_large;
  const size_t elements = array.shape[0] * width;
  if (array.data.size() < elements * array.size) {
    return project_error(path + ": " + std::to_string(array.data.size()) + " bytes of data where " +
                             std::to_string(elements * array.size) + " belong",
                         "is the file complete?");
  }
  Frame frame;
  frame.rows = array.shape[0];
  for (size_t row = 0; row < frame.rows; ++row) frame.lines.push_back(row + 1);
  Column& column = frame.columns.emplace_back();
  column.name = name;
  if (array.shape.size() == 1) {
    column.numbers.resize(elements);
    for (size_t i = 0; i < elements; ++i) column.numbers[i] = element(array, i);
    return frame;
  }
  column.kind = ColumnKind::kTensor;
  for (size_t i = 1; i < array.shape.size(); ++i) {
    column.tensor.shape.push_back(static_cast<int>(array.shape[i]));
  }
  column.tensor.is_bytes = array.type == 'u' && array.size == 1;
  if (column.tensor.is_bytes) {
    const auto* bytes = reinterpret_cast<const uint8_t*>(array.data.data());
    column.tensor.bytes.assign(bytes, bytes + elements);
    return frame;
  }
  column.tensor.floats.resize(elements);
  for (size_t i = 0; i < elements; ++i) {
    column.tensor.floats[i] = static_cast<float>(element(array, i));
  }
  return frame;
}

// The text after 'key': in the header of an NPY file, or "".
std::string_view header_value(std::string_view header, std::string_view key) {
  const size_t at = header.find("'" + std::string(key) + "':");
  if (at == header.npos) return "";
  return trim(header.substr(at + key.size() + 3));
}

std::optional<std::vector<size_t>> parse_shape(std::string_view text) {
  if (!text.starts_with('(') || text.find(')') == text.npos) return std::nullopt;
  std::vector<size_t> shape;
  for (std::string_view part : split(text.substr(1, text.find(')') - 1), ',')) {
    part = trim(part);
    if (part.empty()) continue;
    size_t value = 0;
    const auto end = std::from_chars(part.data(), part.data() + part.size(), value);
    if (end.ec != std::errc() || end.ptr != part.data() + part.size()) return std::nullopt;
    shape.push_back(value);
  }
  return shape;
}

Result<Array> parse_npy(std::string_view bytes, const std::string& path) {
  const Error damaged = project_error(path + ": the NPY header is damaged");
  if (bytes.size() < 12 || !bytes.starts_with("\x93NUMPY")) {
    return project_error(path + ": this is no NPY file");
  }
  const bool is_v1 = bytes[6] == 1;
  const size_t start = is_v1 ? 10 : 12;
  const size_t length =
      is_v1 ? load<uint16_t>(bytes.data() + 8, false) : load<uint32_t>(bytes.data() + 8, false);
  if (length > bytes.size() - start) return damaged;
  const std::string_view header = bytes.substr(start, length);
  Array array;
  const std::string_view descr = header_value(header, "descr");
  const std::optional<std::vector<size_t>> shape = parse_shape(header_value(header, "shape"));
  if (descr.size() < 5 || !shape) return damaged;
  array.type = descr[2];
  array.size = static_cast<size_t>(descr[3] - '0');
  array.swapped = descr[1] == '>';
  if (array.type == 'b') array.type = 'u';
  const bool known = (array.type == 'f' && (array.size == 4 || array.size == 8)) ||
                     ((array.type == 'i' || array.type == 'u') && std::has_single_bit(array.size) &&
                      array.size <= 8);
  if (!known || descr[4] != descr[0]) {
    return project_error(path + ": elements of type " + std::string(descr.substr(0, 8)),
                         "arrays of float32, float64, integers and bool can be read");
  }
  if (header_value(header, "fortran_order").starts_with("True") && shape->size() > 1) {
    return project_error(path + ": the array is in Fortran order",
                         "save numpy.ascontiguousarray(x) instead");
  }
  array.shape = *shape;
  array.data = bytes.substr(start + length);
  return array;
}

Result<std::string> inflate_raw(std::string_view packed, size_t size, const std::string& path) {
  std::string out(size, '\0');
  z_stream stream{};
  inflateInit2(&stream, -15);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(size);
  const int code = inflate(&stream, Z_FINISH);
  const bool whole = code == Z_STREAM_END && stream.avail_out == 0;
  inflateEnd(&stream);
  if (!whole) return project_error(path + ": the compressed data is damaged");
  return out;
}

struct ZipMember {
  std::string name;
  std::string content;
};

// The member whose entry in the central directory begins at `at`, which moves on to the next.
Result<ZipMember> read_member(std::string_view zip, size_t& at, const std::string& path) {
  const Error damaged = project_error(path + ": the zip file is damaged");
  const auto u16 = [&](size_t offset) { return load<uint16_t>(zip.data() + offset, false); };
  const auto u32 = [&](size_t offset) { return load<uint32_t>(zip.data() + offset, false); };
  if (zip.size() < 46 || at > zip.size() - 46 || u32(at) != 0x02014b50) return damaged;
  const size_t method = u16(at + 10), packed = u32(at + 20), size = u32(at + 24);
  const size_t name_length = u16(at + 28), local = u32(at + 42);
  if (name_length > zip.size() - at - 46) return damaged;
  ZipMember member;
  member.name = zip.substr(at + 46, name_length);
  const std::string place = path + "/" + member.name;
  if (packed == UINT32_MAX || size == UINT32_MAX) {
    return project_error(place + ": an array over 4 GiB inside a zip file",
                         "save it as a .npy file");
  }
  if (local > zip.size() - 30 || u32(local) != 0x04034b50) return damaged;
  const size_t data = local + 30 + u16(local + 26) + u16(local + 28);
  if (data > zip.size() || packed > zip.size() - data) return damaged;
  const std::string_view content = zip.substr(data, packed);
  if (method != 0 && method != 8) return project_error(place + ": an unknown compression");
  // deflate makes data at most 1032 times smaller.
  if (method == 8 && size / 1032 > packed) return damaged;
  if (method == 0) {
    member.content = content;
  } else {
    KF_TRY(member.content, inflate_raw(content, size, place));
  }
  const auto* raw = reinterpret_cast<const Bytef*>(member.content.data());
  if (crc32(0, raw, static_cast<uInt>(member.content.size())) != u32(at + 16)) {
    return project_error(place + ": the checksum does not match; the file is damaged");
  }
  at += 46 + name_length + u16(at + 30) + u16(at + 32);
  return member;
}

}  // namespace

Result<Frame> read_idx(std::string_view bytes, const std::string& path) {
  if (bytes.size() < 4 || bytes[0] != 0 || bytes[1] != 0) {
    return project_error(path + ": this is no IDX file");
  }
  Array array;
  array.swapped = std::endian::native == std::endian::little;
  switch (bytes[2]) {
    case 0x08:
      array.type = 'u', array.size = 1;
      break;
    case 0x09:
      array.type = 'i', array.size = 1;
      break;
    case 0x0B:
      array.type = 'i', array.size = 2;
      break;
    case 0x0C:
      array.type = 'i', array.size = 4;
      break;
    case 0x0D:
      array.type = 'f', array.size = 4;
      break;
    case 0x0E:
      array.type = 'f', array.size = 8;
      break;
    default:
      return project_error(path + ": an unknown type of element in the IDX header");
  }
  const size_t dimensions = static_cast<unsigned char>(bytes[3]);
  if (dimensions == 0 || bytes.size() < 4 + 4 * dimensions) {
    return project_error(path + ": the IDX header is damaged");
  }
  for (size_t i = 0; i < dimensions; ++i) {
    array.shape.push_back(load<uint32_t>(bytes.data() + 4 + 4 * i, array.swapped));
  }
  array.data = bytes.substr(4 + 4 * dimensions);
  return frame_of(array, path, dimensions == 1 ? "label" : "image");
}

Result<Frame> read_npy(std::string_view bytes, const std::string& path) {
  KF_TRY(const Array array, parse_npy(bytes, path));
  return frame_of(array, path, array.shape.size() == 1 ? "label" : "x");
}

Result<Frame> read_npz(std::string_view zip, const std::string& path) {
  // The end record holds at most 65,535 bytes of comment behind its 22.
  const size_t end = zip.rfind("PK\x05\x06");
  if (end == zip.npos || zip.size() - end < 22)
    return project_error(path + ": this is no NPZ file");
  const size_t count = load<uint16_t>(zip.data() + end + 10, false);
  size_t at = load<uint32_t>(zip.data() + end + 16, false);
  Frame frame;
  for (size_t i = 0; i < count; ++i) {
    KF_TRY(const ZipMember member, read_member(zip, at, path));
    std::string name = member.name;
    if (name.ends_with(".npy")) name.resize(name.size() - 4);
    KF_TRY(const Array array, parse_npy(member.content, path + "/" + member.name));
    KF_TRY(Frame one, frame_of(array, path + "/" + member.name, name));
    if (i > 0 && one.rows != frame.rows) {
      return project_error(path + ": the arrays hold " + std::to_string(frame.rows) + " and " +
                           std::to_string(one.rows) + " rows");
    }
    if (i == 0) {
      frame = std::move(one);
    } else {
      frame.columns.push_back(std::move(one.columns[0]));
    }
  }
  if (count == 0) return project_error(path + ": no array in the file");
  return frame;
}

}  // namespace kfctl
