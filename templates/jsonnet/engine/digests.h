// The digests that std offers, as lower-case hexadecimal text. Not for passwords.
#pragma once

#include <string>
#include <string_view>

namespace kfctl::jsonnet {

std::string md5_hex(std::string_view bytes);
std::string sha1_hex(std::string_view bytes);
std::string sha512_hex(std::string_view bytes);
/// SHA3-512, which is what std.sha3 means.
std::string sha3_hex(std::string_view bytes);

}  // namespace kfctl::jsonnet
