// What the commands of the learning half have in common: the config of a run from its file and its
// flags, the device, the threads.
#pragma once

#include <memory>

#include "base/thread_pool.h"
#include "cli/args.h"
#include "cli/world.h"
#include "kernels/device.h"
#include "learn/data/row_memory.h"
#include "learn/train/config.h"

namespace kfctl {

class Console;

/// The config in the file that the command names (jsonnet, YAML or JSON; none is an empty one),
/// then its flags, then --set. REQUIRES: kDataFlags, kLabelFlags and kModelFlags.
/// Errors: kProject for a wrong file, with the place; kUsage for a wrong flag.
Result<TrainConfig> gather_config(const Args& args, Console& console, World& world);

/// --device. Errors: as open_device. REQUIRES: kDeviceFlags.
Result<std::unique_ptr<Device>> chosen_device(const Args& args, const World& world);

/// As many threads as this process may use, for reading.
ThreadPool reading_threads(const World& world);

/// Where the rows of a training lie: --memory of them in memory, by default a quarter of the
/// memory there is for this process, and the rest in a file in `directory`.
/// Errors: kUsage if --memory is no amount. REQUIRES: a flag --memory.
Result<std::unique_ptr<RowMemory>> row_memory(const Args& args, const World& world,
                                              const std::string& directory);

/// --limit-rows. Errors: kUsage if it is no number. REQUIRES: kDataFlags.
Result<size_t> row_limit(const Args& args);

}  // namespace kfctl
