// Directories outside of an app that the person at this machine lets the app write to.
//
// What app.yaml and the links of a checkout say comes from whoever wrote the app, so a stranger's
// app could name any directory as its destination. One that does not lie in the app, links
// resolved, is therefore used only after the person has named it: `kfctl init`, `env add` or
// `env set` with --directory. That is remembered in directories.json of the configuration folder
// ($XDG_CONFIG_HOME/kfctl, ~/.config/kfctl): for the path of each app, the paths it may write to.
#pragma once

#include <string>
#include <vector>

#include "base/files.h"
#include "base/result.h"
#include "cli/world.h"
#include "templates/app/app.h"

namespace kfctl {

/// What to write so that the app in `root` may write to `directory` (a Destination::directory):
/// nothing if it lies in the app or is allowed already. Reads only.
/// Errors: kUsage if there is no home; kProject for a damaged directories.json; kDisk.
Result<std::vector<FileWrite>> consent_to(const std::string& root, const std::string& directory,
                                          const World& world);

/// Errors: kUsage, saying how to allow it, if the environment goes to a directory outside of the
/// app that was not allowed; kProject and kDisk as above.
Status check_consent(const App& app, const Environment& environment, const World& world);

}  // namespace kfctl
