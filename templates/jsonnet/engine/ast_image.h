// A tree as bytes, as the library cache keeps it.
//
// A header, then the arrays of the tree as they lie in memory, those of the largest elements first
// so that each is aligned. Nothing in a tree points at memory, so an image is used where it is
// mapped. It fits only the build that wrote it (the header has a hash of the sources of the lexer,
// parser and resolver) and the text that it was made from (a keyed hash of the whole of it). A
// keyed checksum covers every byte: what it accepts was written by somebody who knows the key, so
// the indexes inside are trusted like those of a tree that was just parsed.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "templates/jsonnet/engine/ast.h"
#include "templates/jsonnet/engine/keyed_hash.h"

namespace kfctl::jsonnet {

/// The image of `tree`, whose source has the digest `source`.
std::string write_image(const Ast& tree, const KeyedHash& hash, const Sha256::Digest& source);

/// The tree in `image`, or nullptr if that is damaged, foreign, or the image of another source than
/// the one with the digest `source`. `image` must be aligned to 8 and live as long as `storage`.
std::shared_ptr<Ast> read_image(std::string_view image, const KeyedHash& hash,
                                const Sha256::Digest& source, std::shared_ptr<const void> storage);

}  // namespace kfctl::jsonnet
