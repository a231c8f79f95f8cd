// A profile as a picture.
#pragma once

#include <string>
#include <string_view>

#include "templates/jsonnet/profile.h"

namespace kfctl {

/// A flame graph as an SVG file that needs nothing else: no script, no font, no network. Callers
/// stand above what they call, a box is as wide as its cost, siblings are in the order of their
/// labels, and its title (shown when the pointer rests on it) has all figures. The same profile
/// gives the same bytes; colours tell kinds of frames apart and depend on the label only.
std::string flame_graph(const Profile& profile, ProfileWeight weight, std::string_view title);

/// "12.3 ms", "850 us"; "3.4 MiB", "12 KiB".
std::string time_text(uint64_t nanoseconds);
std::string bytes_text(uint64_t bytes);

}  // namespace kfctl
