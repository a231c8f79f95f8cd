// The flags that the commands of the learning half share.
#pragma once

#include "cli/flags.h"

namespace kfctl {

extern const FlagGroup kDataFlags;   // which data: --data, --format, --limit-rows
extern const FlagGroup kLabelFlags;  // where the truth is: --labels, --label
extern const FlagGroup kModelFlags;  // the fields of a training's config that have flags, and --set
extern const FlagGroup kDeviceFlags;  // --device

/// A flag that stands for a field of the config: --batch-size is train.batchSize.
struct ConfigFlag {
  std::string_view flag;
  std::string_view field;
};

/// Those of kDataFlags, kLabelFlags and kModelFlags; --set, which names its field itself, left out.
std::span<const ConfigFlag> config_flags();

}  // namespace kfctl
