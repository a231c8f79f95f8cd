// kfctl jsonnet: evaluate a jsonnet file, with the flags and the bytes of the jsonnet command.
#include "base/thread_pool.h"
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/console.h"
#include "cli/profile_output.h"
#include "cli/project.h"
#include "cli/world.h"
#include "templates/jsonnet/disk_importer.h"
#include "templates/jsonnet/engine/engine.h"
#include "templates/jsonnet/natives.h"

namespace kfctl {
namespace {

JsonnetOutput output_of(const Args& args) {
  if (args.has("multi")) return JsonnetOutput::kMulti;
  if (args.has("yaml-stream")) return JsonnetOutput::kStream;
  return args.has("string") ? JsonnetOutput::kString : JsonnetOutput::kJson;
}

std::string stream_text(const std::vector<std::string>& documents) {
  std::string text;
  for (const std::string& document : documents) text += "---\n" + document + "\n";
  return documents.empty() ? text : text + "...\n";
}

// Writes a file unless it holds that text already, so that tools that watch it stay calm.
Status write_changed(World& world, const std::string& path, const std::string& text, bool create) {
  if (!create && !world.files.is_directory(parent_path(path))) {
    return Error(ErrorKind::kDisk, "there is no directory " + parent_path(path),
                 "-c makes the directories of output files");
  }
  if (world.files.is_file(path)) {
    const Result<std::string> before = world.files.read(path);
    if (before.ok() && before.value() == text) return Ok{};
  }
  return world.files.write(path, text);
}

Result<JsonnetText> evaluate(const Args& args, Console& console, World& world, Profile& profile) {
  JsonnetRequest request;
  if (args.has("profile")) request.profile = &profile;
  request.on_trace = [&console](std::string_view line) { console.note(std::string(line)); };
  DiskImporter importer(world.files, args.values("jpath"));
  request.importer = &importer;
  request.natives = standard_natives();
  KF_DO(jsonnet_variables(args, world, request.external, request.arguments));
  KF_TRY(request.max_stack, max_stack(args));
  KF_TRY(request.memory, max_memory(args, world));
  request.threads = [&world] { return usable_cpus(world.files); };
  request.cache_directory = jsonnet_cache_directory(args, world);
  if (args.has("exec")) {
    request.path = "<cmdline>";
    request.source = args.word(0);
  } else {
    request.path = args.word(0);
    KF_TRY(request.source, world.files.read(request.path));
  }
  const MayLeave leave(world);
  return JsonnetEngine().print(request, output_of(args), args.has("string"));
}

// The text for standard output or --output-file; writes the files of --multi.
Result<std::string> output(const Args& args, World& world, JsonnetText&& result) {
  const bool create = args.has("create-output-dirs");
  switch (output_of(args)) {
    case JsonnetOutput::kStream:
      return stream_text(result.documents);
    case JsonnetOutput::kJson:
    case JsonnetOutput::kString:
      result.text += '\n';
      return std::move(result.text);
    case JsonnetOutput::kMulti:
      break;
  }
  std::string list;
  for (const auto& [name, text] : result.files) {
    if (!stays_inside(name)) {
      return project_error("the name of an output file leaves the directory: '" + name + "'");
    }
    const std::string path = join_path(args.value("multi"), name);
    KF_DO(write_changed(world, path, text + "\n", create));
    list += path + "\n";
  }
  return list;
}

}  // namespace

int cmd_jsonnet(const Args& args, Console& console, World& world) {
  Profile profile;
  Result<JsonnetText> result = evaluate(args, console, world, profile);
  const Status profiled = write_profile(profile, args, console, world);
  if (!result.ok()) return console.fail(result.error());

  const Result<std::string> text = output(args, world, std::move(result.value()));
  if (!text.ok()) return console.fail(text.error());
  const std::string file = args.value("output-file");
  if (file.empty()) {
    console.out(text.value());
    return profiled.ok() ? kExitOk : console.fail(profiled.error());
  }
  const Status written = write_changed(world, file, text.value(), args.has("create-output-dirs"));
  if (!written.ok()) return console.fail(written.error());
  return profiled.ok() ? kExitOk : console.fail(profiled.error());
}

}  // namespace kfctl
