// What commands that work in an app have in common: finding the app and the environment, and
// turning flags into options of the rooms below. Gathers, prints nothing.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "base/result.h"
#include "cli/args.h"
#include "cli/world.h"
#include "cluster/session.h"
#include "templates/app/app.h"
#include "templates/app/render.h"

namespace kfctl {

/// The app around --dir or the current directory. Errors: as App::open.
Result<App> open_app(const Args& args, const World& world);

/// The environment called `name`; with "" the current one, or else the only one there is.
/// Errors: kUsage, with the near word, or with all names if one has to be chosen.
Result<Environment> choose_environment(const App& app, const std::string& name);

/// --ext-* and --tla-* of kJsonnetFlags, added to the lists. Errors: kUsage for a variable without
/// a value; kDisk.
Status jsonnet_variables(const Args& args, const World& world,
                         std::vector<JsonnetVariable>& external,
                         std::vector<JsonnetVariable>& arguments);

/// --max-stack, or 500. Errors: kUsage.
Result<int> max_stack(const Args& args);

/// --max-memory in bytes, or what `world` says: three quarters of what this process could use, at
/// most 8 GiB, found out when it is asked for. Errors: kUsage.
Result<std::function<size_t()>> max_memory(const Args& args, const World& world);

/// Where parsed libraries are kept for the next run, in the cache directory of kfctl; "" with
/// --no-cache, or where there is none.
std::string jsonnet_cache_directory(const Args& args, const World& world);

/// From kJsonnetFlags (or kLanguageFlags) and kSelectionFlags. Errors: kUsage for a variable
/// without a value; kDisk for a file that cannot be read.
Result<RenderOptions> render_options(const Args& args, const World& world);

/// From kConnectionFlags. Errors: kUsage for a bad --request-timeout.
Result<SessionOptions> session_options(const Args& args, const Environment& environment,
                                       const World& world);

/// "30s", "2m", "1h", "1500ms", or seconds without a unit; 0 is no limit. In milliseconds.
/// Errors: kUsage. `flag` names it in the message.
Result<int> parse_duration_ms(const std::string& text, std::string_view flag);

/// "directory manifests/default", "context kind, namespace web", for people.
std::string destination_text(const Destination& destination);

}  // namespace kfctl
